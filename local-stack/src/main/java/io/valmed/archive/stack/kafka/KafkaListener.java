package io.valmed.archive.stack.kafka;

import io.valmed.archive.stack.StackException;

/**
 * A further listener of the broker, whose clients are told to come back by another port. A test
 * puts a proxy there and so has a way of its own between the broker and one kind of client.
 *
 * @param name what the broker calls it, in capital letters
 * @param port where the broker listens
 * @param advertisedPort where its clients are sent
 */
public record KafkaListener(String name, int port, int advertisedPort) {

  public KafkaListener {
    if (!name.matches("[A-Z]+") || name.equals("CLIENT") || name.equals("CONTROLLER")) {
      throw new StackException("A listener of the broker cannot be named " + name + ".");
    }
  }

  public String bound() {
    return name + "://127.0.0.1:" + port;
  }

  public String advertised() {
    return name + "://127.0.0.1:" + advertisedPort;
  }
}
