package io.valmed.archive.purge.count;

import io.valmed.archive.runtime.server.ServerQuestion;
import java.time.InstantSource;
import java.util.List;

/**
 * The servers that the purge cannot work without, asked when somebody asks the purge.
 *
 * @param hot is asked what it says of the purge
 * @param archive the same
 * @param wall this machine's clock
 */
public record PurgeServers(
    ServerQuestion<HotStanding> hot, ServerQuestion<PurgeStanding> archive, InstantSource wall) {

  public List<ServerQuestion<?>> both() {
    return List.of(hot, archive);
  }
}
