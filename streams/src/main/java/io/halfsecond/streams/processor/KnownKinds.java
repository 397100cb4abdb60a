package io.halfsecond.streams.processor;

import io.halfsecond.schemas.UnknownKindException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What happens to stored records of a kind that only a newer version knows, after a downgrade:
/// they are not seen, and stay in the store until a newer version runs again.
final class KnownKinds {
  private static final Logger LOG = LoggerFactory.getLogger(KnownKinds.class);

  private KnownKinds() {}

  @SuppressWarnings("NullAway") // stores have null for a value that is not there
  static <T> T orNull(String store, Supplier<@Nullable T> read) {
    try {
      return read.get();
    } catch (UnknownKindException e) {
      LOG.warn("store {}: left for a newer version: {}", store, e.getMessage());
      return null;
    }
  }
}
