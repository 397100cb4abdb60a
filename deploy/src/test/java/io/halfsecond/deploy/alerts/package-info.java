@NullMarked
package io.halfsecond.deploy.alerts;

import org.jspecify.annotations.NullMarked;
