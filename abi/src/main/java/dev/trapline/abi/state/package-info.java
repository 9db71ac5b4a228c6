/** How the parts of a machine write down what they hold between two slices. */
@NullMarked
package dev.trapline.abi.state;

import org.jspecify.annotations.NullMarked;
