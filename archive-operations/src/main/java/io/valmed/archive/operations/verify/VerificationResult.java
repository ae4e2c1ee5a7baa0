package io.valmed.archive.operations.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.valmed.archive.databases.witness.WitnessCheck;
import io.valmed.archive.model.TableId;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a verification found.
 *
 * @param caughtUp whether the archive caught up each time it was waited for; if not, unequal rows
 *     may merely be late
 * @param tables per table of the policy
 * @param witnesses per table that was purged, journal and cold store compared
 */
public record VerificationResult(
    boolean caughtUp, List<Table> tables, List<WitnessCheck> witnesses) {

  /**
   * What was found in a table.
   *
   * @param table the table
   * @param rows rows of hot that were compared
   * @param missing rows of hot that the mirror does not have
   * @param differs rows that are not equal
   * @param extra rows of the mirror that hot does not have
   * @param inFlight rows that changed at every look, in the mirror too, so that no look could tell;
   *     no fault
   * @param problem why the table could not be compared; null: it could
   * @param samples some of the unequal rows: the key where it is a number or a uuid, else its
   *     digest, never a value
   */
  public record Table(
      TableId table,
      long rows,
      long missing,
      long differs,
      long extra,
      long inFlight,
      @Nullable String problem,
      List<String> samples) {

    public Table {
      samples = List.copyOf(samples);
    }

    /** Whether nothing was found. */
    public boolean clean() {
      return problem == null && missing + differs + extra == 0;
    }
  }

  public VerificationResult {
    tables = List.copyOf(tables);
    witnesses = List.copyOf(witnesses);
  }

  /** Whether every table of the policy is equal, and every purged row witnessed. */
  public boolean clean() {
    return tables.stream().allMatch(Table::clean) && witnessed();
  }

  /** Whether journal and cold store tell the same. */
  public boolean witnessed() {
    return witnesses.stream().allMatch(WitnessCheck::clean);
  }

  /** One JSON object, as kept in {@code arc.verification}. */
  public String toJson() {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
      out.writeStartObject();
      out.writeBooleanField("clean", clean());
      out.writeBooleanField("caught_up", caughtUp);
      out.writeObjectFieldStart("tables");
      for (Table table : tables) {
        write(out, table);
      }
      out.writeEndObject();
      out.writeObjectFieldStart("witnesses");
      for (WitnessCheck check : witnesses) {
        out.writeObjectFieldStart(check.table().toString());
        out.writeNumberField("purged", check.purged());
        out.writeNumberField("witnessed", check.witnessed());
        out.writeNumberField("otherwise", check.otherwise());
        out.writeNumberField("unwitnessed", check.missing());
        out.writeNumberField("unjournaled", check.unjournaled());
        if (check.problem() != null) {
          out.writeStringField("problem", check.problem());
        }
        out.writeEndObject();
      }
      out.writeEndObject();
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator out, Table table) throws IOException {
    out.writeObjectFieldStart(table.table().toString());
    out.writeNumberField("rows", table.rows());
    out.writeNumberField("missing", table.missing());
    out.writeNumberField("differs", table.differs());
    out.writeNumberField("extra", table.extra());
    out.writeNumberField("in_flight", table.inFlight());
    if (table.problem() != null) {
      out.writeStringField("problem", table.problem());
    }
    out.writeArrayFieldStart("samples");
    for (String sample : table.samples()) {
      out.writeString(sample);
    }
    out.writeEndArray();
    out.writeEndObject();
  }
}
