@NullMarked
package io.halfsecond.deploy.json;

import org.jspecify.annotations.NullMarked;
