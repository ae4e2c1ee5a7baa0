package io.valmed.archive.cli.reference;

import io.valmed.archive.cli.ArchiveMain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.AutoComplete;
import picocli.CommandLine;

/** Writes the completion for bash and zsh and the man page into the folder that it is given. */
public final class ReferencePages {
  private ReferencePages() {}

  public static void main(String[] arguments) throws IOException {
    write(Path.of(arguments[0]));
  }

  /** Writes them as they lie in an installation, below {@code share}. */
  static void write(Path folder) throws IOException {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    CommandLine archive = ArchiveMain.commandLine(nowhere, nowhere);
    String bash = AutoComplete.bash("archive", archive);
    put(folder.resolve("bash-completion/completions/archive"), bash);
    put(folder.resolve("zsh/site-functions/_archive"), zsh(bash));
    put(folder.resolve("man/man1/archive.1"), new ManPage(archive.getCommandSpec()).text());
  }

  /** Zsh loads the file at the first completion: it registers bash's, then answers by it. */
  private static String zsh(String bash) {
    return "#compdef archive\nautoload -U +X bashcompinit && bashcompinit\n"
        + bash
        + "\n_bash_complete -o default -F _complete_archive\n";
  }

  private static void put(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text.endsWith("\n") ? text : text + "\n");
  }
}
