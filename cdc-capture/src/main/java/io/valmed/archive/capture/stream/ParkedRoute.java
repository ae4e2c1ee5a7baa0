package io.valmed.archive.capture.stream;

import io.valmed.archive.capture.event.SourceEvent;
import io.valmed.archive.capture.event.SourceEvent.RowChange;
import io.valmed.archive.capture.event.StreamedTable;
import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.Change;
import io.valmed.archive.model.change.ChangeWriter;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.change.Evidence;
import io.valmed.archive.model.change.Operation;
import io.valmed.archive.model.change.RowImage;
import io.valmed.archive.model.policy.PolicyTable;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * The way of a parked table's rows: as they came, into the parked topic. What the policy excludes
 * is left out here too, and so are columns that hot did not send.
 */
public final class ParkedRoute implements Route {
  /** Stands alone in a change of a row of which no column may be told. */
  private static final String NOTHING = "nothing";

  private static final int NONE = -1;

  private final String serverName;
  private final PolicyTable policy;
  private final StreamedTable streamed;
  private final Set<String> hidden;
  private final List<Header> headers;

  /**
   * @param serverName the topic prefix
   * @param policy the table that is parked
   * @param streamed the table as the stream describes it; its name may be another
   * @param hidden columns that must not leave hot
   * @param headers on all its records
   */
  public ParkedRoute(
      String serverName,
      PolicyTable policy,
      StreamedTable streamed,
      Set<String> hidden,
      List<Header> headers) {
    this.serverName = serverName;
    this.policy = policy;
    this.streamed = streamed;
    this.hidden = Set.copyOf(hidden);
    this.headers = List.copyOf(headers);
  }

  /** The table as the policy names it. */
  public TableId table() {
    return policy.table();
  }

  public List<Header> headers() {
    return headers;
  }

  public boolean purgeable() {
    return policy.role().purgeable();
  }

  /** The envelope of the change. */
  public byte[] value(RowChange row, Evidence evidence, @Nullable DepartureCause cause) {
    int[] sent =
        IntStream.range(0, streamed.columns().size())
            .filter(column -> !hidden.contains(streamed.columns().get(column)))
            .filter(column -> sent(row.before(), column) && sent(row.after(), column))
            .toArray();
    if (sent.length == 0) {
      return writer(List.of(NOTHING)).value(change(row, evidence, cause, new int[] {NONE}));
    }
    List<String> names = IntStream.of(sent).mapToObj(streamed.columns()::get).toList();
    return writer(names).value(change(row, evidence, cause, sent));
  }

  /** An image that must be there and did not come is one of NULLs. */
  private static Change change(
      RowChange row, Evidence evidence, @Nullable DepartureCause cause, int[] columns) {
    RowImage none = new RowImage(new @Nullable String[columns.length]);
    boolean left = row.operation() == Operation.DELETE;
    RowImage before = picked(row.before(), columns);
    RowImage after = picked(row.after(), columns);
    return new Change(
        row.operation(),
        evidence,
        cause,
        before == null && left ? none : before,
        after == null && !left ? none : after);
  }

  private static boolean sent(@Nullable RowImage image, int column) {
    return image == null || !SourceEvent.notSent(image.get(column));
  }

  private static @Nullable RowImage picked(@Nullable RowImage image, int[] columns) {
    if (image == null) {
      return null;
    }
    @Nullable String[] values = new String[columns.length];
    for (int i = 0; i < columns.length; i++) {
      values[i] = columns[i] == NONE ? null : image.get(columns[i]);
    }
    return new RowImage(values);
  }

  /** Parked records have no key, so any column may stand for one in the writer's schema. */
  private ChangeWriter writer(List<String> names) {
    List<ColumnSchema> columns =
        names.stream().map(name -> new ColumnSchema(name, "text", "unknown", null)).toList();
    List<String> key = List.of(names.get(0));
    return new ChangeWriter(serverName, new TableSchema(streamed.id(), 1, columns, key));
  }
}
