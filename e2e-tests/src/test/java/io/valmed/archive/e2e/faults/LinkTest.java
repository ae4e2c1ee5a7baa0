package io.valmed.archive.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinkTest {
  private ServerSocket server;
  private Link link;

  @BeforeEach
  void a_link_before_a_server() throws IOException {
    server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    link = Link.open();
    link.leadTo(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
  }

  @AfterEach
  void close() throws IOException {
    link.close();
    server.close();
  }

  @Test
  void an_open_link_carries_both_ways_and_tells_of_an_end() throws IOException {
    try (Socket client = client();
        Socket served = served()) {
      client.getOutputStream().write(7);
      assertThat(served.getInputStream().read()).isEqualTo(7);
      served.getOutputStream().write(8);
      assertThat(client.getInputStream().read()).isEqualTo(8);

      served.shutdownOutput();

      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void what_was_sent_into_a_black_hole_arrives_when_it_is_healed() throws IOException {
    try (Socket client = client();
        Socket served = served()) {
      link.blackHole();
      client.getOutputStream().write(7);
      served.setSoTimeout(200);
      assertThatThrownBy(() -> served.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);

      link.heal();

      served.setSoTimeout(60_000);
      assertThat(served.getInputStream().read()).isEqualTo(7);
    }
  }

  @Test
  void a_lost_answer_never_comes_though_its_question_did() throws IOException {
    try (Socket client = client();
        Socket served = served()) {
      link.loseAnswers();
      client.getOutputStream().write(7);
      assertThat(served.getInputStream().read()).isEqualTo(7);
      served.getOutputStream().write(8);

      link.heal();

      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
    }
  }

  @Test
  void a_cut_link_resets_what_is_there_and_what_comes_until_it_is_healed() throws IOException {
    try (Socket client = client();
        Socket served = served()) {
      link.cut();
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> served.getInputStream().read()).isInstanceOf(IOException.class);
      try (Socket late = client()) {
        assertThatThrownBy(() -> late.getInputStream().read()).isInstanceOf(IOException.class);
      }
    }

    link.heal();

    try (Socket client = client();
        Socket served = served()) {
      client.getOutputStream().write(9);
      assertThat(served.getInputStream().read()).isEqualTo(9);
    }
  }

  private Socket served() throws IOException {
    Socket served = server.accept();
    served.setSoTimeout(60_000);
    return served;
  }

  private Socket client() throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), link.port());
    client.setSoTimeout(60_000);
    return client;
  }
}
