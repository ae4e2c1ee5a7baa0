package io.valmed.archive.stack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LocalStackTest {
  @Test
  void all_three_servers_start() {
    try (LocalStack stack = LocalStack.start(StackOptions.temporary())) {
      assertThat(stack.hot().running()).isTrue();
    }
  }
}
