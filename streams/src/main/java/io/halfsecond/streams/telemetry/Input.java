package io.halfsecond.streams.telemetry;

import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.auth.Authenticator.Answer;
import java.time.Instant;

/// A record that the topology reads: telemetry of a collector, or a decision about an alert; or the
/// fact that somebody has forged one.
public sealed interface Input permits Telemetry, Input.Control, Input.Forged {

  /// A decision about an alert.
  record Control(AlertControl control) implements Input {
    @Override
    public String key() {
      return control.getHost().isEmpty() ? control.getCohort() : control.getHost();
    }

    @Override
    public Instant at() {
      return control.getAcknowledgement().getAt();
    }
  }

  /// A record that is not from who it says it is from. It is not used for anything else.
  ///
  /// @param claimed what it says, telemetry or a decision
  /// @param topic where it was
  /// @param answer what is wrong with its code
  /// @param at when it was read: its own time is not to be believed either
  record Forged(Input claimed, String topic, Answer answer, Instant at) implements Input {
    @Override
    public String key() {
      return claimed.key();
    }

    /// What is wrong, as a clause about the record.
    public String reason() {
      return switch (answer) {
        case MISSING -> "has no code";
        case UNREADABLE -> "has a code of a form that is not known";
        case UNKNOWN_KEY -> "has a code under a key id that is not known";
        case WRONG -> "has a code that this sender's key has not made";
        case RIGHT -> throw new IllegalStateException("a right code");
      };
    }

    /// For the dead letter.
    public InsaneRecordException refusal() {
      return new InsaneRecordException(
          InsaneRecordException.Kind.ORIGIN, "not authentic: the record " + reason());
    }
  }

  /// Event time.
  Instant at();

  /// The key of its Kafka record: the host or, of a decision about a cohort, the cohort. Decisions
  /// are keyed like telemetry, so that one task sees both.
  String key();
}
