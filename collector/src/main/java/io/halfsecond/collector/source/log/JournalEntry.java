package io.halfsecond.collector.source.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.halfsecond.collector.sshd.SshdPrograms;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// An entry of the journal, from [JournalExport] or from `journalctl -o json` (systemd: Journal
/// JSON Format): a flat object of strings, where a value that is not valid UTF-8 is an array of
/// bytes, a value that is too long is null, and a repeated field is an array of values.
///
/// journald itself sets the fields whose names begin with an underscore; a logging process cannot
/// forge them.
///
/// @param cursor the entry's place in the journal
/// @param bootId the boot of the entry, 32 hexadecimal digits
/// @param monotonicMicros when journald received the entry, on that boot's `CLOCK_MONOTONIC`
/// @param realtimeMicros when journald received the entry, since the epoch
/// @param host the name of the host that wrote it
/// @param program the name that the process gave, or the kernel's; empty if the entry has neither
/// @param pid the process that logged it, by the kernel
/// @param uid the user of that process, by the kernel
/// @param message empty if missing, too long, or given more than once
/// @param suppression set if the entry is journald's report of messages that it dropped
record JournalEntry(
    String cursor,
    String bootId,
    long monotonicMicros,
    OptionalLong realtimeMicros,
    Optional<String> host,
    Optional<String> program,
    OptionalInt pid,
    OptionalInt uid,
    Optional<String> message,
    Optional<Suppression> suppression) {

  /// SD_MESSAGE_JOURNAL_DROPPED in sd-messages.h.
  static final String DROPPED_MESSAGE_ID = "a596d6fe7bfa4994828e72309e95d61e";

  /// The longest entry, and the longest field. sshd's lines are at most 500 bytes; journalctl
  /// prints a byte as up to four characters, and no field over 4096.
  static final int MAX_BYTES = 1 << 16;

  /// The fields in use.
  static final Set<String> FIELDS =
      Set.of(
          "__CURSOR",
          "_BOOT_ID",
          "__MONOTONIC_TIMESTAMP",
          "__REALTIME_TIMESTAMP",
          "_HOSTNAME",
          "SYSLOG_IDENTIFIER",
          "_COMM",
          "_PID",
          "_UID",
          "MESSAGE",
          "MESSAGE_ID",
          "_TRANSPORT");

  private static final JsonFactory JSON = new JsonFactory();

  /// @return empty if the bytes are not a journal entry
  static Optional<JournalEntry> parse(byte[] json) {
    try (var parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      return of(fields(parser));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// @param fields by name, without those that are missing, too long or repeated
  /// @return empty if they are not a journal entry's
  static Optional<JournalEntry> of(Map<String, String> fields) {
    var cursor = Optional.ofNullable(fields.get("__CURSOR"));
    var bootId = Optional.ofNullable(fields.get("_BOOT_ID"));
    var monotonic = number(fields.get("__MONOTONIC_TIMESTAMP"));
    if (cursor.isEmpty() || bootId.isEmpty() || monotonic.isEmpty()) {
      return Optional.empty();
    }
    var message = Optional.ofNullable(fields.get("MESSAGE"));
    // Only journald itself has the transport "driver", so no process can claim that messages were
    // lost.
    boolean drop =
        DROPPED_MESSAGE_ID.equals(fields.get("MESSAGE_ID"))
            && "driver".equals(fields.get("_TRANSPORT"));
    var suppression = drop ? message.flatMap(Suppression::parse) : Optional.<Suppression>empty();
    // Either field may name a program of sshd's, as in the match of a live journal.
    var program =
        Stream.of("SYSLOG_IDENTIFIER", "_COMM")
            .map(fields::get)
            .filter(Objects::nonNull)
            .reduce(
                (identifier, command) ->
                    SshdPrograms.NAMES.contains(command) ? command : identifier);
    return Optional.of(
        new JournalEntry(
            cursor.get(),
            bootId.get(),
            monotonic.getAsLong(),
            number(fields.get("__REALTIME_TIMESTAMP")),
            Optional.ofNullable(fields.get("_HOSTNAME")),
            program,
            id(fields.get("_PID")),
            id(fields.get("_UID")),
            message,
            suppression));
  }

  private static Map<String, String> fields(JsonParser parser) throws IOException {
    var fields = new HashMap<String, String>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      var token = parser.nextToken();
      if (!FIELDS.contains(name)) {
        parser.skipChildren();
      } else if (token == JsonToken.VALUE_STRING) {
        fields.put(name, parser.getText());
      } else if (token == JsonToken.START_ARRAY) {
        bytes(parser).ifPresent(text -> fields.put(name, text));
      } else {
        parser.skipChildren();
      }
    }
    if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
      throw new IOException("not one whole object");
    }
    return fields;
  }

  /// The bytes of a field as text; empty if the array has the values of a repeated field.
  private static Optional<String> bytes(JsonParser parser) throws IOException {
    var bytes = new ByteArrayOutputStream();
    boolean clean = true;
    for (var token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
      if (token == null) {
        throw new IOException("unfinished array");
      }
      if (token == JsonToken.VALUE_NUMBER_INT && clean) {
        long value = parser.getLongValue();
        clean = value >= 0 && value <= 255;
        bytes.write((int) value);
      } else {
        clean = false;
        parser.skipChildren();
      }
    }
    return clean ? Optional.of(bytes.toString(StandardCharsets.UTF_8)) : Optional.empty();
  }

  private static OptionalInt id(@Nullable String digits) {
    var number = number(digits);
    return number.isPresent() && number.getAsLong() <= Integer.MAX_VALUE
        ? OptionalInt.of((int) number.getAsLong())
        : OptionalInt.empty();
  }

  private static OptionalLong number(@Nullable String digits) {
    if (digits == null
        || digits.isEmpty()
        || digits.length() > 18
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Long.parseLong(digits));
  }
}
