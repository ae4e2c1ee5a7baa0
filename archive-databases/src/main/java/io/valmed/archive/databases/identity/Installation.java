package io.valmed.archive.databases.identity;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One installation, as a row of {@code arc.installation} tells it.
 *
 * @param prefix begins its topics' names
 * @param id made once; an adoption makes another
 * @param slot its replication slot
 * @param publication its publication
 * @param hot its hot database, as it was when the row was written
 * @param archive its archive; null: hot does not know it yet
 */
public record Installation(
    String prefix,
    UUID id,
    String slot,
    String publication,
    DatabaseIdentity hot,
    @Nullable UUID archive) {}
