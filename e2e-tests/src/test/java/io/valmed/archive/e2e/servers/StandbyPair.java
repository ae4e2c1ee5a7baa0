package io.valmed.archive.e2e.servers;

import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;
import io.valmed.archive.stack.postgres.PostgresServer;
import io.valmed.archive.stack.postgres.StandbyServer;

/**
 * Servers of this machine whose hot and archive each have a standby that can take over. What is
 * asked of {@link #hot} and {@link #archive} goes to whichever is the primary by then.
 */
public final class StandbyPair implements Servers {
  private final LocalStack stack;
  private final StandbyServer hotStandby;
  private final StandbyServer archiveStandby;
  private PostgresServer hot;
  private PostgresServer archive;

  private StandbyPair(LocalStack stack, StandbyServer hotStandby, StandbyServer archiveStandby) {
    this.stack = stack;
    this.hotStandby = hotStandby;
    this.archiveStandby = archiveStandby;
    this.hot = stack.hot();
    this.archive = stack.archive();
  }

  public static StandbyPair start() {
    LocalStack stack =
        LocalStack.start(StackOptions.temporary().withHotSetting("shared_buffers", "32MB"));
    try {
      return new StandbyPair(
          stack,
          StandbyServer.of(stack.hot(), "standby"),
          StandbyServer.of(stack.archive(), "standby"));
    } catch (RuntimeException | Error e) {
      stack.close();
      throw e;
    }
  }

  public LocalStack stack() {
    return stack;
  }

  /** Hot's primary of now. */
  public PostgresServer hotServer() {
    return hot;
  }

  /** The archive's primary of now. */
  public PostgresServer archiveServer() {
    return archive;
  }

  public StandbyServer hotStandby() {
    return hotStandby;
  }

  public StandbyServer archiveStandby() {
    return archiveStandby;
  }

  /** From now on what hot commits is on its primary alone. */
  public void cutOffHotStandby() {
    cutOff(hotStandby);
  }

  /** From now on what the archive commits is on its primary alone. */
  public void cutOffArchiveStandby() {
    cutOff(archiveStandby);
  }

  private static void cutOff(StandbyServer standby) {
    standby.awaitReplayed();
    standby.server().stop();
  }

  /** Hot's primary is lost, its standby takes over with what it has. */
  public void failHotOver() {
    hot = takeOver(hot, hotStandby);
  }

  /** The archive's primary is lost, its standby takes over with what it has. */
  public void failArchiveOver() {
    archive = takeOver(archive, archiveStandby);
  }

  private static PostgresServer takeOver(PostgresServer lost, StandbyServer standby) {
    lost.kill();
    standby.server().start();
    standby.promote();
    return standby.server();
  }

  @Override
  public Postgres hot() {
    return LocalServers.postgres(hot, stack.hot(), hotStandby.server());
  }

  @Override
  public Postgres archive() {
    return LocalServers.postgres(archive, stack.archive(), archiveStandby.server());
  }

  @Override
  public Broker kafka() {
    return Servers.of(stack).kafka();
  }

  @Override
  public boolean onThisMachinesDisk() {
    return true;
  }

  @Override
  public void close() {
    hotStandby.server().stop();
    archiveStandby.server().stop();
    stack.close();
  }
}
