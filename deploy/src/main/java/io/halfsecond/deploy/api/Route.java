package io.halfsecond.deploy.api;

import com.fasterxml.jackson.core.type.TypeReference;
import io.halfsecond.streams.FleetQueries;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;

/// One question of the API, and who answers it.
sealed interface Route {
  /// Below [Routes#PREFIX], with `{host}` or `{id}` for a part that varies.
  String path();

  /// What the answer is, in a sentence.
  String summary();

  List<Parameter> parameters();

  /// Of the answer's JSON.
  TypeReference<?> answerType();

  /// A parameter of the query.
  ///
  /// @param example for the document
  record Parameter(String name, String description, String example) {}

  /// About one host: its own instance answers.
  ///
  /// @param answer empty if there is no such host
  record OfHost<T>(String path, String summary, TypeReference<T> answerType, HostAnswerer<T> answer)
      implements Route {
    @FunctionalInterface
    interface HostAnswerer<T> {
      Optional<T> of(FleetQueries queries, String host);
    }

    @Override
    public List<Parameter> parameters() {
      return List.of();
    }
  }

  /// About all hosts: every instance answers for its own, and the one that is asked makes one
  /// answer of the parts.
  ///
  /// @param <P> part of the answer, of the hosts of one instance
  /// @param <A> answer
  /// @param partType of the JSON of a part
  /// @param merge puts the parts of two instances together
  /// @param finish makes the answer of all parts
  /// @param scan whether it reads all that is stored, so that only one may run at a time
  record OfFleet<P, A>(
      String path,
      String summary,
      List<Parameter> parameters,
      TypeReference<FleetAnswer<P>> partType,
      TypeReference<FleetAnswer<A>> answerType,
      PartAnswerer<P> part,
      BinaryOperator<P> merge,
      Finish<P, A> finish,
      boolean scan)
      implements Route {
    @FunctionalInterface
    interface PartAnswerer<P> {
      /// @throws IllegalArgumentException if a parameter cannot be used; the message names it
      P of(FleetQueries queries, Parameters parameters);
    }

    @FunctionalInterface
    interface Finish<P, A> {
      /// @throws IllegalArgumentException as above
      A of(P all, Parameters parameters);
    }

    /// A question whose answer is all parts together.
    static <P> OfFleet<P, P> of(
        String path,
        String summary,
        List<Parameter> parameters,
        TypeReference<FleetAnswer<P>> type,
        PartAnswerer<P> part,
        BinaryOperator<P> merge,
        boolean scan) {
      return new OfFleet<>(
          path, summary, parameters, type, type, part, merge, (all, _) -> all, scan);
    }
  }
}
