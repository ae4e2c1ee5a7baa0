package io.valmed.archive.purge.lane;

import io.valmed.archive.purge.page.HoldSwitch;
import io.valmed.archive.purge.page.HotPages;
import io.valmed.archive.purge.page.Journal;
import io.valmed.archive.purge.page.Mirror;
import io.valmed.archive.purge.page.WholeProof;

/**
 * What a lane works with.
 *
 * @param hot its session in hot
 * @param mirror its session in the archive, as the proof sees it
 * @param journal the same session, as the journal sees it
 * @param whole the same session, as the proof of whole pages sees it
 * @param holds the hold switch, read in these sessions
 * @param begin limits how long the archive may take, before the first page
 * @param check refuses to go on once the archive is not durable any more
 * @param release closes both sessions
 */
public record LaneSessions(
    HotPages hot,
    Mirror mirror,
    Journal journal,
    WholeProof whole,
    HoldSwitch holds,
    PurgeCheck begin,
    PurgeCheck check,
    Runnable release) {}
