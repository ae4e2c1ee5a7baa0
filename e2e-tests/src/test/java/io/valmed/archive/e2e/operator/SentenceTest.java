package io.valmed.archive.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SentenceTest {

  @Test
  void commands_are_found_in_their_order() {
    String sentence =
        "The slot is gone. Run './archive capture --new-epoch': it copies; then './archive verify'.";

    assertThat(Sentence.commands(sentence))
        .containsExactly(List.of("capture", "--new-epoch"), List.of("verify"));
  }

  @Test
  void what_is_no_command_is_not_carried_out() {
    assertThat(Sentence.commands("Look into 'archive verify's output' and ask somebody"))
        .allMatch(words -> words.get(0).equals("verify"));
    assertThat(Sentence.commands("Correct the policy or create the table.")).isEmpty();
  }

  @Test
  void a_reason_that_is_left_open_is_filled_in() {
    assertThat(Sentence.commands("hold purging ('archive purge pause --reason …')"))
        .containsExactly(List.of("purge", "pause", "--reason", "as told"));
  }
}
