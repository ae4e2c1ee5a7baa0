package io.valmed.archive.e2e.servers;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import java.time.Duration;
import org.testcontainers.containers.GenericContainer;

/** What the engine does to a running container. */
record ContainerDeeds(GenericContainer<?> container) {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private DockerClient engine() {
    return container.getDockerClient();
  }

  void pause() {
    engine().pauseContainerCmd(container.getContainerId()).exec();
  }

  void unpause() {
    engine().unpauseContainerCmd(container.getContainerId()).exec();
  }

  /** Sends the signal to the container's first process and returns when the container has ended. */
  void end(String signal) {
    engine().killContainerCmd(container.getContainerId()).withSignal(signal).exec();
    await("container ended by SIG" + signal).atMost(PATIENCE).until(() -> !container.isRunning());
  }

  void start() {
    engine().startContainerCmd(container.getContainerId()).exec();
  }
}
