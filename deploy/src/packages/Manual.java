import io.halfsecond.deploy.cli.Halfsecond;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

static final int WIDTH = 78;

/// Writes for each command line the completion of bash, such as `halfsecond.bash`, and one page of
/// the manual for each command, from the command line as it is put together: subcommands that are
/// added in code are in neither if they are made from annotations.
///
/// @param arguments directory and date of the pages
void main(String[] arguments) throws IOException {
  var directory = Files.createDirectories(Path.of(arguments[0]));
  for (var commands : Halfsecond.commandLines()) {
    var name = commands.getCommandName();
    Files.writeString(directory.resolve(name + ".bash"), AutoComplete.bash(name, commands));
    writePages(directory, commands, arguments[1]);
  }
}

void writePages(Path directory, CommandLine command, String date) throws IOException {
  Files.writeString(
      directory.resolve(command.getCommandSpec().qualifiedName("-") + ".1"), page(command, date));
  for (var each : shown(command).toList()) {
    writePages(directory, each, date);
  }
}

Stream<CommandLine> shown(CommandLine command) {
  return command.getSubcommands().values().stream()
      .distinct()
      .filter(each -> !each.getCommandSpec().usageMessage().hidden());
}

String page(CommandLine command, String date) {
  var spec = command.getCommandSpec();
  var usage = spec.usageMessage();
  var name = spec.qualifiedName("-");
  var description = words(usage.description());
  var lines = new ArrayList<String>();
  lines.add(
      ".TH %s 1 \"%s\" \"Halfsecond\" \"Halfsecond Manual\""
          .formatted(name.toUpperCase(Locale.ROOT), date));
  lines.add(".SH NAME");
  lines.add(filled(name + " - " + firstSentence(description)));
  lines.add(".SH SYNOPSIS");
  lines.add(
      filled(
          new CommandLine.Help(spec, CommandLine.Help.defaultColorScheme(Ansi.OFF))
              .synopsis(0)
              .replaceAll("\\s+", " ")
              .strip()));
  lines.add(".SH DESCRIPTION");
  lines.add(filled(description));
  addParameters(lines, spec);
  if (!command.getSubcommands().isEmpty()) {
    lines.add(".SH COMMANDS");
    shown(command)
        .forEach(
            each ->
                item(
                    lines,
                    bold(each.getCommandName()),
                    words(each.getCommandSpec().usageMessage().description())));
  }
  lines.add(".SH EXIT STATUS");
  usage.exitCodeList().forEach((status, meaning) -> item(lines, bold(status), meaning));
  var examples = Arrays.stream(usage.footer()).map(String::stripTrailing).toList();
  if (!examples.isEmpty()) {
    lines.add(".SH EXAMPLES");
    lines.add(".nf");
    examples.stream()
        .map(line -> line.isEmpty() ? "\\&" : text(line.replace("%%", "%")))
        .forEach(lines::add);
    lines.add(".fi");
  }
  var related =
      Stream.concat(
              Stream.ofNullable(spec.parent()).map(parent -> parent.qualifiedName("-")),
              shown(command).map(each -> each.getCommandSpec().qualifiedName("-")))
          .map(each -> bold(each) + "(1)")
          .collect(Collectors.joining(",\n"));
  if (!related.isEmpty()) {
    lines.add(".SH SEE ALSO");
    lines.add(related);
  }
  return String.join("\n", lines) + "\n";
}

void addParameters(List<String> lines, CommandSpec spec) {
  lines.add(".SH OPTIONS");
  spec.positionalParameters().stream()
      .filter(each -> !each.hidden())
      .forEach(each -> item(lines, italic(each.paramLabel()), words(each.description())));
  spec.options().stream()
      .filter(each -> !each.hidden())
      .forEach(each -> item(lines, names(each), words(each.description())));
}

String names(OptionSpec option) {
  var names = Arrays.stream(option.names()).map(this::bold).collect(Collectors.joining(", "));
  if (option.arity().max() == 0) {
    return names;
  }
  return names + "=" + italic(option.paramLabel());
}

void item(List<String> lines, String term, String meaning) {
  lines.add(".TP");
  lines.add(term);
  lines.add(filled(meaning));
}

/// What picocli prints of a description, in one line.
String words(String[] description) {
  return Arrays.stream(description)
      .collect(Collectors.joining(" "))
      .replace("%n", " ")
      .replace("%%", "%")
      .replaceAll("\\s+", " ")
      .strip();
}

String firstSentence(String description) {
  int end = description.indexOf(". ");
  return (end < 0 ? description : description.substring(0, end)).replaceAll("\\.$", "");
}

String bold(String words) {
  return "\\fB" + text(words) + "\\fR";
}

String italic(String words) {
  return "\\fI" + text(words) + "\\fR";
}

/// Text that roff prints as it stands.
String text(String words) {
  var escaped = words.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq");
  return escaped.startsWith(".") ? "\\&" + escaped : escaped;
}

/// The same, in lines of the source that are not too long.
String filled(String words) {
  var lines = new ArrayList<String>();
  var line = new StringBuilder();
  for (var word : words.split(" ", -1)) {
    var escaped = text(word);
    if (!line.isEmpty() && line.length() + 1 + escaped.length() > WIDTH) {
      lines.add(line.toString());
      line.setLength(0);
    }
    line.append(line.isEmpty() ? "" : " ").append(escaped);
  }
  lines.add(line.toString());
  return String.join("\n", lines);
}
