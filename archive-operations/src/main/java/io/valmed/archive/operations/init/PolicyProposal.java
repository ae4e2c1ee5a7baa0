package io.valmed.archive.operations.init;

import io.valmed.archive.databases.hot.LiveTable;
import io.valmed.archive.model.TableId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A policy that hot's tables suggest, for a person to correct. A table that refers to none, and
 * that two or more dated ones refer to, is taken for reference data; one that must refer to a
 * purged table is its child; of the rest, what has a date is a root, what has none is reference
 * data.
 *
 * @param roots what may be purged, each with its children
 * @param reference what is archived only
 * @param leftOut what cannot be archived, each with the reason
 */
public record PolicyProposal(
    List<Node> roots, List<LiveTable> reference, Map<TableId, String> leftOut) {

  /**
   * A root, or a child.
   *
   * @param table what it is like
   * @param key by which a child refers to its parent; none of a root
   * @param age the column that dates its rows; null: none does
   * @param children those that refer to it
   */
  public record Node(
      LiveTable table, List<String> key, @Nullable String age, List<Node> children) {}

  /** What the tables suggest. */
  public static PolicyProposal of(List<LiveTable> tables) {
    return new Sorting(tables).propose();
  }

  /** Whether there is nothing to archive. */
  public boolean empty() {
    return roots.isEmpty() && reference.isEmpty();
  }

  private static final class Sorting {
    private final Map<TableId, LiveTable> usable = new LinkedHashMap<>();
    private final Map<TableId, String> leftOut = new TreeMap<>();
    private final Map<TableId, Set<TableId>> referring = new TreeMap<>();
    private final Map<TableId, LiveTable.Reference> parents = new TreeMap<>();

    Sorting(List<LiveTable> tables) {
      for (LiveTable table : tables) {
        if (table.fault() == null) {
          usable.put(table.table(), table);
        } else {
          leftOut.put(table.table(), table.fault());
        }
        if (AgeChoice.of(table).isPresent()) {
          for (LiveTable.Reference reference : table.references()) {
            referring.computeIfAbsent(reference.to(), to -> new TreeSet<>()).add(table.table());
          }
        }
      }
    }

    PolicyProposal propose() {
      for (LiveTable table : usable.values()) {
        parent(table).ifPresent(reference -> parents.put(table.table(), reference));
      }
      List<Node> roots = new ArrayList<>();
      List<LiveTable> reference = new ArrayList<>();
      for (LiveTable table : usable.values()) {
        if (!parents.containsKey(table.table())) {
          if (purgeable(table)) {
            roots.add(node(table, List.of()));
          } else {
            reference.add(table);
          }
        }
      }
      Set<TableId> placed = new TreeSet<>();
      roots.forEach(root -> place(root, placed));
      // What refers to one another in a circle has no root among it.
      for (TableId child : parents.keySet()) {
        if (!placed.contains(child)) {
          reference.add(known(child));
        }
      }
      return new PolicyProposal(roots, reference, leftOut);
    }

    private LiveTable known(TableId table) {
      return Objects.requireNonNull(usable.get(table), "only usable tables have a parent");
    }

    private static void place(Node node, Set<TableId> placed) {
      placed.add(node.table().table());
      node.children().forEach(child -> place(child, placed));
    }

    private Node node(LiveTable table, List<String> key) {
      List<Node> children = new ArrayList<>();
      parents.forEach(
          (child, reference) -> {
            if (reference.to().equals(table.table())) {
              children.add(node(known(child), reference.columns()));
            }
          });
      return new Node(table, key, AgeChoice.of(table).orElse(null), children);
    }

    /** The table without which its rows do not exist: the first that cascades, else the first. */
    private Optional<LiveTable.Reference> parent(LiveTable table) {
      List<LiveTable.Reference> possible =
          table.references().stream()
              .filter(LiveTable.Reference::required)
              .filter(reference -> leadsToARoot(reference.to(), table.table(), new TreeSet<>()))
              .toList();
      return possible.stream()
          .filter(LiveTable.Reference::cascades)
          .findFirst()
          .or(() -> possible.stream().findFirst());
    }

    /** A parent is dated, or a child itself; a circle of references leads nowhere. */
    private boolean leadsToARoot(TableId table, TableId from, Set<TableId> passed) {
      LiveTable parent = usable.get(table);
      if (parent == null || table.equals(from) || !passed.add(table) || isReferenceData(parent)) {
        return false;
      }
      boolean circle =
          parent.references().stream().anyMatch(reference -> reference.to().equals(from));
      return !circle
          && (AgeChoice.of(parent).isPresent()
              || parent.references().stream()
                  .filter(LiveTable.Reference::required)
                  .anyMatch(reference -> leadsToARoot(reference.to(), from, passed)));
    }

    private boolean purgeable(LiveTable table) {
      return AgeChoice.of(table).isPresent() && !isReferenceData(table);
    }

    private boolean isReferenceData(LiveTable table) {
      return table.references().isEmpty()
          && referring.getOrDefault(table.table(), Set.of()).size() >= 2;
    }
  }
}
