/** The rules between modules, and the ban on hidden nondeterminism, checked on the class files of the whole product. */
@NullMarked
package dev.trapline.architecture;

import org.jspecify.annotations.NullMarked;
