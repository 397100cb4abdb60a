/// Avro records as JSON, for people's programs.
@NullMarked
package io.halfsecond.deploy.json;

import org.jspecify.annotations.NullMarked;
