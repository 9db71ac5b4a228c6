/** Tests of guests with JUnit Jupiter: machines as parameters, many seeds, failures that shrink by themselves. */
@NullMarked
package dev.trapline.junit;

import org.jspecify.annotations.NullMarked;
