package io.valmed.archive.runtime.settings;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the status page and its API are served.
 *
 * @param address where; port 0: a free one
 * @param tokenFile file whose first line is the token of those who may hold and release the purge,
 *     read anew at each such request; null: nobody may
 */
public record ApiSettings(InetSocketAddress address, @Nullable Path tokenFile) {
  static final int DEFAULT_PORT = 8080;

  public ApiSettings {
    Objects.requireNonNull(address, "address");
  }

  /** On this machine alone, and nobody may hold the purge by it. */
  static ApiSettings byDefault() {
    return new ApiSettings(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), DEFAULT_PORT), null);
  }
}
