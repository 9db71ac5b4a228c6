/** The dependency rules between modules and the determinism rules, checked on the class files of the whole product. */
@NullMarked
package dev.trapline.architecture;

import org.jspecify.annotations.NullMarked;
