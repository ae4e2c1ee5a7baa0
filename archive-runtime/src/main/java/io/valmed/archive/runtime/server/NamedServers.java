package io.valmed.archive.runtime.server;

import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.Work;
import io.valmed.archive.runtime.kafka.KafkaAccess;
import io.valmed.archive.runtime.kafka.KafkaRefusal;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The servers that some work talks to. A failure of one of its sessions, which the libraries tell
 * without a host, is told with their names; a connection that is not opened names its own.
 *
 * @param databases those that it has sessions in; of a session that failed it may be any of them
 * @param kafka the brokers; null: it has nothing to do with them
 */
public record NamedServers(List<DatabaseLogin> databases, @Nullable KafkaAccess kafka) {
  private static final int LONGEST_CHAIN = 20;

  public NamedServers {
    databases = List.copyOf(databases);
  }

  /** The same work, whose failures are told with names; they stay of the kind that they are. */
  public Work.Source naming(Work.Source source) {
    return () -> {
      try {
        return new Named(source.open());
      } catch (Exception e) {
        throw named(e);
      }
    };
  }

  /** The failure, or one that is told with the server's name and has it as its cause. */
  public Exception named(Exception failure) {
    String sentence = trouble(failure);
    return sentence == null ? failure : new ServerTroubleException(sentence, failure);
  }

  /** As {@link Failures#sentence}, with the servers' names where one of them is at fault. */
  public String sentence(Throwable failure) {
    String sentence = trouble(failure);
    return sentence == null ? Failures.sentence(failure) : sentence;
  }

  private @Nullable String trouble(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < LONGEST_CHAIN; depth++) {
      if (cause instanceof StopException
          || cause instanceof ServerTroubleException
          || cause instanceof ServerTrouble.ToldException) {
        return null;
      }
      if (cause instanceof SQLException sql) {
        return session(sql);
      }
      if (kafka != null) {
        String refusal = KafkaRefusal.sentence(cause, kafka.toString());
        if (refusal != null) {
          return refusal;
        }
        if (unreached(cause)) {
          return silent(cause, kafka);
        }
      }
      cause = cause.getCause();
    }
    return null;
  }

  private @Nullable String session(SQLException failure) {
    String words = ServerTrouble.ofSession(failure);
    return words == null || databases.isEmpty()
        ? null
        : databases.stream()
            .map(DatabaseLogin::place)
            .distinct()
            .collect(Collectors.joining(", or "))
            .concat(": " + words + ". Try again; if it happens again, see that server's log.");
  }

  private static boolean unreached(Throwable failure) {
    return failure instanceof TimeoutException
        || failure instanceof DisconnectException
        || failure instanceof NetworkException;
  }

  private static String silent(Throwable failure, KafkaAccess kafka) {
    String said = failure.getMessage();
    return "%s: no answer came in time%s. See that the brokers run there and can be reached from here, or correct 'kafka.bootstrap-servers' in the settings."
        .formatted(kafka, said == null ? "" : " (" + said.replaceAll("\\.$", "") + ")");
  }

  /** A failure of a server, which its cause tells without the server's name. */
  public static final class ServerTroubleException extends Exception {
    private static final long serialVersionUID = 1L;

    public ServerTroubleException(String message, Exception cause) {
      super(message, cause);
    }
  }

  private final class Named implements Work {
    private final Work work;

    Named(Work work) {
      this.work = work;
    }

    @Override
    public Next step() throws Exception {
      try {
        return work.step();
      } catch (Exception e) {
        throw named(e);
      }
    }

    @Override
    public void close() {
      work.close();
    }
  }
}
