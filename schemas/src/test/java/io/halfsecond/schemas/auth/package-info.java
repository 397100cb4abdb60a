@NullMarked
package io.halfsecond.schemas.auth;

import org.jspecify.annotations.NullMarked;
