/** Tests of the package. */
@NullMarked
package dev.trapline.abi.exit;

import org.jspecify.annotations.NullMarked;
