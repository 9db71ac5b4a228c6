@NullMarked
package dev.trapline.testkit;

import org.jspecify.annotations.NullMarked;
