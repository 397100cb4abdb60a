package io.halfsecond.deploy.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.halfsecond.schemas.auth.OwnFile;
import io.halfsecond.schemas.auth.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.utils.Utils;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/// The user's settings: those of the file, overridden by the environment, overridden by flags.
///
/// Everything is checked at loading: a [Configuration] has no unknown key and no bad value.
public final class Configuration {
  private static final String VARIABLE_PREFIX = "HALFSECOND_";
  private static final String KAFKA_VARIABLE_PREFIX = VARIABLE_PREFIX + "KAFKA_";
  private static final Path DEFAULT_FILE = Path.of("/etc/halfsecond/halfsecond.yaml");

  /// Certificates, which anybody may read, though Kafka gives them the type of a password.
  private static final Set<String> PUBLIC =
      Set.of(
          SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG,
          SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG);

  private final Map<Key<?>, Object> values;
  private final Set<Key<?>> set;
  private final Map<String, String> kafka;
  private final List<String> warnings;

  private Configuration(
      Map<Key<?>, Object> values,
      Set<Key<?>> set,
      Map<String, String> kafka,
      List<String> warnings) {
    this.values = values;
    this.set = set;
    this.kafka = kafka;
    this.warnings = warnings;
  }

  /// A value as text, and where it was set.
  private record Setting(String text, String origin) {}

  /// The configuration file: the one named, else that of the environment, else the usual one if it
  /// exists.
  public static Optional<Path> file(Optional<Path> named, Map<String, String> environment) {
    return named
        .or(
            () ->
                Optional.ofNullable(environment.get("HALFSECOND_CONFIG"))
                    .filter(name -> !name.isEmpty())
                    .map(Path::of))
        .or(() -> Optional.of(DEFAULT_FILE).filter(Files::exists));
  }

  /// @param file YAML; empty for none
  /// @param environment of the process; variables that start with `HALFSECOND_` count
  /// @param flags values by key, from the command line
  /// @throws ConfigurationException with all problems
  public static Configuration load(
      Optional<Path> file, Map<String, String> environment, Map<String, String> flags) {
    var problems = new ArrayList<String>();
    var fromFile = new LinkedHashMap<String, Setting>();
    file.ifPresent(path -> readFile(path, fromFile, problems));
    var fromEnvironment = new LinkedHashMap<String, Setting>();
    readEnvironment(environment, fromEnvironment, problems);
    var fromFlags = new LinkedHashMap<String, Setting>();
    flags.forEach((key, text) -> fromFlags.put(key, new Setting(text, "command line")));

    var settings = new LinkedHashMap<String, Setting>();
    for (var source : List.of(fromFile, fromEnvironment, fromFlags)) {
      putOver(settings, source, problems);
    }

    var values = new HashMap<Key<?>, Object>();
    var set = new HashSet<Key<?>>();
    for (Key<?> key : Catalogue.all()) {
      var setting = Optional.ofNullable(settings.remove(key.name()));
      setting.ifPresent(_ -> set.add(key));
      try {
        values.put(key, parse(key, setting));
      } catch (RuntimeException _) {
        setting.ifPresent(
            bad ->
                problems.add(
                    "%s: %s: '%s' is not allowed; it must be %s"
                        .formatted(bad.origin(), key.name(), bad.text(), key.allowed())));
      }
    }
    if (set.contains(Catalogue.BROKER_PORT) && !set.contains(Catalogue.BOOTSTRAP_SERVERS)) {
      // One file is for halfsecond up and for the commands that ask its broker.
      values.put(Catalogue.BOOTSTRAP_SERVERS, "127.0.0.1:" + values.get(Catalogue.BROKER_PORT));
    }
    var kafka = kafka(settings, problems);
    settings.forEach(
        (name, setting) ->
            problems.add(
                "%s: %s: no such key; %s"
                    .formatted(setting.origin(), name, namesNear(name, Key::name))));
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new Configuration(values, set, kafka, warnings(flags.keySet()));
  }

  /// The value of a key: the user's, or the default.
  @SuppressWarnings("unchecked") // load put the key's own parse result there
  public <T> T get(Key<T> key) {
    return (T) Objects.requireNonNull(values.get(key), key.name());
  }

  /// Whether the user has set it, even if to the default.
  public boolean isSet(Key<?> key) {
    return set.contains(key);
  }

  /// Kafka's client settings without the bootstrap servers, with secrets read from their files.
  /// Must not be logged.
  public Map<String, String> kafka() {
    return kafka;
  }

  /// What a person should change, though it works.
  public List<String> warnings() {
    return warnings;
  }

  /// The command line of a process can be read by every user of the host, in /proc.
  private static List<String> warnings(Set<String> flags) {
    if (flags.stream().noneMatch(name -> name.startsWith(Catalogue.KAFKA))) {
      return List.of();
    }
    return Catalogue.kafka().values().stream()
        .filter(Configuration::isSecret)
        .map(key -> Catalogue.KAFKA + key.name)
        .filter(flags::contains)
        .sorted()
        .map(
            name ->
                "command line: %s is a secret, and every user of this host can read it there; write it to a file and set %s"
                    .formatted(name, name + Catalogue.FROM_FILE))
        .toList();
  }

  private static boolean isSecret(ConfigDef.ConfigKey key) {
    return key.type == ConfigDef.Type.PASSWORD && !PUBLIC.contains(key.name);
  }

  private static Object parse(Key<?> key, Optional<Setting> setting) {
    if (setting.isEmpty() && key.equals(Catalogue.HOST)) {
      return "";
    }
    return key.parse().of(setting.map(Setting::text).orElse(key.fallback()));
  }

  /// Overrides earlier sources by a later one. A Kafka setting and its form with `-file` are the
  /// same setting: the later source wins, and one source may have only one of them.
  private static void putOver(
      Map<String, Setting> settings, Map<String, Setting> source, List<String> problems) {
    source.forEach(
        (name, setting) -> {
          if (name.startsWith(Catalogue.KAFKA)) {
            boolean isFile = name.endsWith(Catalogue.FROM_FILE);
            var otherForm =
                isFile
                    ? name.substring(0, name.length() - Catalogue.FROM_FILE.length())
                    : name + Catalogue.FROM_FILE;
            if (isFile && source.containsKey(otherForm)) {
              problems.add(
                  "%s: %s: %s is also set there; keep one of them"
                      .formatted(setting.origin(), name, otherForm));
            }
            settings.remove(otherForm);
          }
          settings.put(name, setting);
        });
  }

  private static void readEnvironment(
      Map<String, String> environment, Map<String, Setting> settings, List<String> problems) {
    var names = new HashMap<String, String>();
    // Kafka's own settings are hundreds: loading their definitions takes longer than all the rest.
    if (environment.keySet().stream().anyMatch(name -> name.startsWith(KAFKA_VARIABLE_PREFIX))) {
      Catalogue.kafka()
          .keySet()
          .forEach(
              name -> {
                var variable =
                    KAFKA_VARIABLE_PREFIX + name.toUpperCase(Locale.ROOT).replace('.', '_');
                names.put(variable, Catalogue.KAFKA + name);
                names.put(variable + "_FILE", Catalogue.KAFKA + name + Catalogue.FROM_FILE);
              });
    }
    Catalogue.all().forEach(key -> names.put(key.variable(), key.name()));
    new TreeMap<>(environment)
        .forEach(
            (variable, text) -> {
              if (variable.startsWith(VARIABLE_PREFIX)
                  && !Catalogue.OTHER_VARIABLES.contains(variable)) {
                var name = names.get(variable);
                if (name == null) {
                  problems.add(
                      "environment: %s: no such variable; %s"
                          .formatted(
                              variable,
                              namesNear(
                                  variable
                                      .substring(VARIABLE_PREFIX.length())
                                      .toLowerCase(Locale.ROOT)
                                      .replace('_', '.'),
                                  Key::variable)));
                } else {
                  settings.put(name, new Setting(text, "environment variable " + variable));
                }
              }
            });
  }

  private static void readFile(Path file, Map<String, Setting> settings, List<String> problems) {
    var factory =
        YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (JsonParser parser = factory.createParser(text(file))) {
      var first = parser.nextToken();
      if (first == JsonToken.START_OBJECT) {
        flatten(file, parser, "", settings, problems);
      } else if (first != null) {
        problems.add("%s:1: a mapping of keys to values is expected".formatted(file));
      }
    } catch (JacksonException e) {
      // Jackson knows the last token; the parser below it knows the place.
      if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
        problems.add(
            "%s:%d: not readable as YAML: %s"
                .formatted(file, marked.getProblemMark().getLine() + 1, marked.getProblem()));
      } else {
        int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
        problems.add(
            "%s:%d: not readable as YAML: %s"
                .formatted(file, line, firstLine(e.getOriginalMessage())));
      }
    } catch (NoSuchFileException _) {
      problems.add("%s: no such file".formatted(file));
    } catch (IOException e) {
      problems.add("%s: cannot be read: %s".formatted(file, e.getMessage()));
    }
  }

  /// A file that others may change would have root execute what they want.
  private static String text(Path file) throws IOException {
    if (Files.isRegularFile(file)) {
      OwnFile.requireUnchanged(file);
    }
    return Files.readString(file);
  }

  private static void flatten(
      Path file,
      JsonParser parser,
      String prefix,
      Map<String, Setting> settings,
      List<String> problems)
      throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var name = prefix + parser.currentName();
      var origin = "%s:%d".formatted(file, parser.currentTokenLocation().getLineNr());
      var value = parser.nextToken();
      if (value == JsonToken.START_OBJECT) {
        flatten(file, parser, name + ".", settings, problems);
      } else if (value == JsonToken.START_ARRAY) {
        settings.put(name, new Setting(list(parser), origin));
      } else if (parser.getText().isEmpty() || value == JsonToken.VALUE_NULL) {
        // A section whose keys are all commented out is allowed.
        if (Catalogue.all().stream().noneMatch(key -> key.name().startsWith(name + "."))) {
          problems.add("%s: %s: no value; remove the key or give it one".formatted(origin, name));
        }
      } else {
        settings.put(name, new Setting(parser.getText(), origin));
      }
    }
  }

  private static String list(JsonParser parser) throws IOException {
    var items = new ArrayList<String>();
    int depth = 1;
    while (depth > 0) {
      var token = parser.nextToken();
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (token.isScalarValue()) {
        items.add(parser.getText());
      }
    }
    return String.join(",", items);
  }

  /// Removes Kafka's settings from those that are left, and returns them.
  private static Map<String, String> kafka(Map<String, Setting> settings, List<String> problems) {
    if (settings.keySet().stream().noneMatch(name -> name.startsWith(Catalogue.KAFKA))) {
      return Map.of();
    }
    var kafka = new TreeMap<String, String>();
    for (var key : Catalogue.kafka().values()) {
      var name = Catalogue.KAFKA + key.name;
      Optional.ofNullable(settings.remove(name))
          .ifPresent(
              direct -> {
                var shown =
                    key.type == ConfigDef.Type.PASSWORD ? "the value" : "'" + direct.text() + "'";
                put(
                    kafka,
                    key,
                    direct.text(),
                    "%s: %s: %s".formatted(direct.origin(), name, shown),
                    problems);
              });
      Optional.ofNullable(settings.remove(name + Catalogue.FROM_FILE))
          .ifPresent(
              file -> {
                var where = "%s: %s: ".formatted(file.origin(), name + Catalogue.FROM_FILE);
                try {
                  // Not shown whatever its type: a value in a file may be a secret.
                  put(
                      kafka,
                      key,
                      content(key, Path.of(file.text())),
                      where + "the content of the file",
                      problems);
                } catch (NoSuchFileException e) {
                  problems.add(where + e.getMessage() + ": no such file");
                } catch (IOException | InvalidPathException e) {
                  problems.add(where + "file cannot be read: " + e.getMessage());
                }
              });
    }
    return Map.copyOf(kafka);
  }

  private static String content(ConfigDef.ConfigKey key, Path file) throws IOException {
    return isSecret(key) ? SecretFile.text(file) : Files.readString(file).strip();
  }

  private static void put(
      Map<String, String> kafka,
      ConfigDef.ConfigKey key,
      String text,
      String what,
      List<String> problems) {
    Object value;
    try {
      value = ConfigDef.parseType(key.name, text, key.type);
    } catch (ConfigException _) {
      problems.add(
          "%s is not allowed; it must be of Kafka's type %s"
              .formatted(what, key.type.name().toLowerCase(Locale.ROOT)));
      return;
    }
    try {
      if (key.validator != null) {
        key.validator.ensureValid(key.name, value);
      }
      kafka.put(key.name, text);
    } catch (ConfigException _) {
      problems.add("%s is not allowed; Kafka allows %s".formatted(what, key.validator));
    }
  }

  /// What the user may have meant: a key of nearly that name, the keys of the same section, or any.
  ///
  /// @param shown how the name of a key is given where the mistake is
  private static String namesNear(String name, Function<Key<?>, String> shown) {
    if (name.startsWith(Catalogue.KAFKA)) {
      return "allowed below kafka. are bootstrap.servers and the settings of Kafka's clients,"
          + " except those that Halfsecond sets itself, such as acks; NAME-file takes the"
          + " value from a file";
    }
    var nearest =
        Collections.min(Catalogue.all(), Comparator.comparingInt(key -> edits(key.name(), name)));
    if (edits(nearest.name(), name) <= name.length() / 4) {
      return "did you mean %s?".formatted(shown.apply(nearest));
    }
    int dot = name.indexOf('.');
    var section = dot < 0 ? name : name.substring(0, dot + 1);
    var near =
        Catalogue.all().stream()
            .filter(key -> key.name().startsWith(section))
            .map(shown)
            .collect(Collectors.joining(", "));
    return near.isEmpty() ? "halfsecond config lists the keys" : "this section has " + near;
  }

  /// The Levenshtein distance: letters to insert, leave out or replace.
  private static int edits(String one, String other) {
    var row = IntStream.rangeClosed(0, other.length()).toArray();
    for (int i = 0; i < one.length(); i++) {
      int diagonal = row[0];
      row[0] = i + 1;
      for (int j = 0; j < other.length(); j++) {
        int replaced = diagonal + (one.charAt(i) == other.charAt(j) ? 0 : 1);
        diagonal = row[j + 1];
        row[j + 1] = Math.min(replaced, 1 + Math.min(row[j], diagonal));
      }
    }
    return row[other.length()];
  }

  private static String firstLine(String text) {
    return Utils.isBlank(text) ? "" : text.lines().findFirst().orElse("");
  }
}
