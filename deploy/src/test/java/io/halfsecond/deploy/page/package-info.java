@NullMarked
package io.halfsecond.deploy.page;

import org.jspecify.annotations.NullMarked;
