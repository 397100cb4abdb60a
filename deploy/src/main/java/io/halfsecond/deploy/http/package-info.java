/// Metrics and health over HTTP.
@NullMarked
package io.halfsecond.deploy.http;

import org.jspecify.annotations.NullMarked;
