package io.valmed.archive.capture.start;

import io.valmed.archive.capture.start.Shape.Column;
import io.valmed.archive.capture.start.Shape.MadeOf;
import io.valmed.archive.model.TableId;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds changes of a table that may have changed rows, or the text of their values, without an
 * event: between two looks, be they undone by the second. See docs/adr/0123.
 */
public final class ShapeGap {
  /** Begins a shape behind which such a change was found; the sentence follows. */
  private static final String FOUND = "!";

  /** Oids of the integer types: a wider one is written anew, with the same text. */
  private static final Map<String, Integer> INTEGERS = Map.of("21", 0, "23", 1, "20", 2);

  private ShapeGap() {}

  /**
   * What is known after a look: the newest shape of each table, or, from the first such change of
   * it on, its sentence; that stays, whatever follows, until an epoch begins.
   */
  static Map<TableId, String> follow(Map<TableId, String> known, Map<TableId, String> now) {
    Map<TableId, String> next = new HashMap<>(known);
    now.forEach(
        (table, shape) -> next.merge(table, shape, (before, after) -> next(table, before, after)));
    return next;
  }

  /** The tables in which such a change was found, with the sentence for people. */
  public static Map<TableId, String> found(Published known) {
    Map<TableId, String> found = new TreeMap<>();
    known
        .shapes()
        .forEach(
            (table, shape) -> {
              if (shape.startsWith(FOUND)) {
                found.put(table, shape.substring(FOUND.length()));
              }
            });
    return found;
  }

  private static String next(TableId table, String before, String now) {
    if (before.startsWith(FOUND) || before.equals(now)) {
      return before;
    }
    Shape old = Shape.of(before);
    Shape shape = Shape.of(now);
    if (!old.relation().equals(shape.relation())) {
      // Another table of that name is told of by whoever looks at names.
      return before;
    }
    Set<String> happened = happened(old, shape);
    return happened.isEmpty()
        ? now
        : FOUND
            + "Table %s was altered in hot in a way that changes rows without a change in the stream: %s; rows from before may differ in the archive. Run './archive capture --new-epoch', then './archive verify' before purging goes on."
                .formatted(table, String.join(", ", happened));
  }

  private static Set<String> happened(Shape before, Shape now) {
    Set<String> happened = new TreeSet<>();
    if (keyMadeAnew(before, now)) {
      happened.add(
          "its primary key was dropped and made anew, and may have been another meanwhile");
    }
    rewritten(before, now, happened);
    for (Column column : now.columns().values()) {
      Column old = before.columns().get(column.number());
      if (old == null) {
        String added = added(column, before, now);
        if (added != null) {
          happened.add(added);
        }
      } else if (old.generated()
          && column.generated()
          && !(old.mark() + old.defaultOid()).equals(column.mark() + column.defaultOid())) {
        happened.add("the expression of the generated column " + column.name() + " was set");
      }
    }
    before
        .types()
        .forEach(
            (type, old) -> {
              MadeOf made = now.types().get(type);
              if (made != null && !made.parts().containsAll(old.parts())) {
                happened.add(
                    (made.labels()
                            ? "labels of the type of column %s were renamed"
                            : "attributes of the type of column %s were altered")
                        .formatted(now.named(made.column())));
              }
            });
    return happened;
  }

  /** ALTER TYPE of a key's column makes the key anew too, and does nothing to it. */
  private static boolean keyMadeAnew(Shape before, Shape now) {
    Shape.Key old = before.key();
    Shape.Key key = now.key();
    return old != null
        && key != null
        && !old.oid().equals(key.oid())
        && now.columns().values().stream()
            .noneMatch(column -> column.row().equals(key.row()) && retyped(before, column) != null);
  }

  /** The type's column before, if it has another type now; null: it has not. */
  private static @Nullable Column retyped(Shape before, Column column) {
    Column old = before.columns().get(column.number());
    return old == null || old.type().equals(column.type()) ? null : old;
  }

  /**
   * VACUUM FULL, CLUSTER and TRUNCATE write a new file and leave the columns' rows as they are, but
   * for the values of old rows, which stand in the file from then on. ALTER TYPE writes both.
   */
  private static void rewritten(Shape before, Shape now, Set<String> happened) {
    if (before.file().equals(now.file())) {
      return;
    }
    Set<String> worries = new TreeSet<>();
    Set<String> retyped = new TreeSet<>();
    boolean widened = false;
    for (Column column : now.columns().values()) {
      Column old = before.columns().get(column.number());
      if (old == null || old.row().equals(column.row()) || explained(old, column, now.key())) {
        continue;
      }
      if (old.type().equals(column.type())) {
        worries.add(column.name());
      } else if (widened(old, column)) {
        widened = true;
      } else {
        retyped.add(column.name());
      }
    }
    if (!widened) {
      // Such a change of a type writes no file of its own accord.
      worries.addAll(retyped);
    }
    for (String column : worries) {
      happened.add("the table was rewritten while column %s was altered".formatted(column));
    }
  }

  /** Whether the column's row was written for something else than its values. */
  private static boolean explained(Column old, Column now, Shape.@Nullable Key key) {
    if (!old.type().equals(now.type())) {
      return false;
    }
    boolean sameDefault = old.defaultOid().equals(now.defaultOid());
    boolean filled = old.mark().equals("m") && now.mark().equals("-");
    if (filled && sameDefault && !old.defaultOid().equals("0")) {
      return true;
    }
    // Its settings changed, in another transaction than the one that wrote the files.
    return key != null && !key.index().equals(now.row()) && !old.settings().equals(now.settings());
  }

  private static boolean widened(Column old, Column now) {
    @Nullable Integer from = INTEGERS.get(base(old));
    @Nullable Integer to = INTEGERS.get(base(now));
    return from != null && to != null && from < to;
  }

  private static String base(Column column) {
    return column.type().split(":", 2)[0];
  }

  private static @Nullable String added(Column column, Shape before, Shape now) {
    if (column.generated()) {
      return "the generated column " + column.name() + " was added";
    }
    if (!before.file().equals(now.file())
        && column.mark().equals("-")
        && !column.defaultOid().equals("0")) {
      return "column " + column.name() + " was added with values in old rows";
    }
    for (int dropped : now.dropped()) {
      Column old = before.columns().get(dropped);
      if (dropped < column.number()
          && !before.dropped().contains(dropped)
          && (old == null || Objects.equals(old.name(), column.name()))) {
        return "column "
            + column.name()
            + " was added behind one that was dropped, perhaps of the same name";
      }
    }
    return null;
  }
}
