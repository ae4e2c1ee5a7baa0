package io.valmed.archive.runtime.settings.yaml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Parses YAML text into {@link Yaml}; duplicate keys and endless nesting are problems. */
public final class YamlParser {
  private static final int DEEPEST = 40;

  private final Problems problems;

  private YamlParser(Problems problems) {
    this.problems = problems;
  }

  /** The text's root map; empty after a problem that leaves nothing to read. */
  public static Yaml.Mapping parse(String text, Problems problems) {
    LoadSettings settings = LoadSettings.builder().setUseMarks(true).build();
    try {
      List<Node> documents = new ArrayList<>();
      new Compose(settings).composeAllFromString(text).forEach(documents::add);
      if (documents.size() > 1) {
        problems.add("", line(documents.get(1)), "the file holds several documents; keep one");
      }
      if (documents.isEmpty()) {
        return Yaml.Mapping.NONE;
      }
      Yaml root = new YamlParser(problems).convert("", documents.get(0), 0);
      if (root instanceof Yaml.Mapping mapping) {
        return mapping;
      }
      if (!(root instanceof Yaml.Scalar scalar && scalar.empty())) {
        problems.add(
            "", root.line(), "the file must hold keys (prefix, hot, …), not " + root.kind());
      }
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
      problems.add("", line, "this is not YAML (" + e.getProblem() + "); correct the line");
    } catch (YamlEngineException e) {
      problems.add("", 0, "this is not YAML (" + e.getMessage() + ")");
    }
    return Yaml.Mapping.NONE;
  }

  private Yaml convert(String path, Node node, int depth) {
    if (depth > DEEPEST) {
      problems.add(path, line(node), "is nested more than " + DEEPEST + " levels deep; flatten it");
      return new Yaml.Scalar("", true, line(node));
    }
    if (node instanceof MappingNode mapping) {
      return mapping(path, mapping, depth);
    }
    if (node instanceof SequenceNode sequence) {
      List<Yaml> items = new ArrayList<>();
      for (Node item : sequence.getValue()) {
        items.add(convert(path, item, depth + 1));
      }
      return new Yaml.Sequence(List.copyOf(items), line(node));
    }
    boolean empty = Tag.NULL.equals(node.getTag());
    String text = node instanceof ScalarNode scalar && !empty ? scalar.getValue() : "";
    return new Yaml.Scalar(text, empty, line(node));
  }

  private Yaml.Mapping mapping(String path, MappingNode node, int depth) {
    Map<String, Yaml> entries = new LinkedHashMap<>();
    Map<String, Integer> lines = new LinkedHashMap<>();
    for (NodeTuple tuple : node.getValue()) {
      int line = line(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        problems.add(path, line, "a key must be a single word, not a list or a map");
        continue;
      }
      String name = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
      Integer earlier = lines.putIfAbsent(key.getValue(), line);
      if (earlier != null) {
        problems.add(name, line, "stands twice, first in line " + earlier + "; keep one");
        continue;
      }
      entries.put(key.getValue(), convert(name, tuple.getValueNode(), depth + 1));
    }
    return new Yaml.Mapping(entries, line(node));
  }

  private static int line(Node node) {
    return node.getStartMark().map(Mark::getLine).map(zeroBased -> zeroBased + 1).orElse(0);
  }
}
