/** What an operator wants of hypercalls, as values: toggles, rules, and the decision about a call. */
@NullMarked
package dev.trapline.abi.policy;

import org.jspecify.annotations.NullMarked;
