package io.halfsecond.streams.telemetry;

import io.halfsecond.schemas.auth.Authenticator;
import io.halfsecond.schemas.auth.Authenticator.Answer;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether a record is from who it says it is from.
///
/// @param authenticator empty: every record is taken
/// @param required whether a record without a code is refused. If not, it is taken unless its host
///   has ever sent a right one: who removes the code does not get through. A decision has no such
///   history.
public record Authentication(Optional<Authenticator> authenticator, boolean required) {
  /// Takes every record.
  public static final Authentication OFF = new Authentication(Optional.empty(), false);

  /// Hosts that have sent a right code.
  public interface Senders {
    boolean contains(String host);

    void add(String host);
  }

  /// A record as it came from its topic.
  ///
  /// @param code the value of its header; null for none
  @SuppressWarnings("ArrayRecordComponent") // records are never compared
  public record Origin(String topic, String key, byte[] value, byte @Nullable [] code) {}

  /// @param input a record that can be true
  /// @param now wall clock
  /// @return empty if the record is taken
  public Optional<Input.Forged> objection(
      Input input, Origin origin, Senders senders, Instant now) {
    return authenticator
        .flatMap(auth -> objection(answer(auth, input, origin), input, senders))
        .map(answer -> new Input.Forged(input, origin.topic(), answer, now));
  }

  private Optional<Answer> objection(Answer answer, Input input, Senders senders) {
    boolean telemetry = input instanceof Telemetry;
    if (answer == Answer.RIGHT) {
      if (telemetry && !senders.contains(input.key())) {
        senders.add(input.key());
      }
      return Optional.empty();
    }
    boolean taken =
        answer == Answer.MISSING && !required && !(telemetry && senders.contains(input.key()));
    return taken ? Optional.empty() : Optional.of(answer);
  }

  private static Answer answer(Authenticator authenticator, Input input, Origin origin) {
    return switch (input) {
      case Telemetry telemetry ->
          authenticator.host(
              telemetry.host(), origin.code(), origin.topic(), origin.key(), origin.value());
      case Input.Control(var control) ->
          authenticator.decider(
              control.getAcknowledgement().getWho(),
              origin.code(),
              origin.topic(),
              origin.key(),
              origin.value());
      case Input.Forged _ -> throw new IllegalArgumentException("not a record of a topic");
    };
  }
}
