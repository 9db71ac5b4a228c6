package dev.trapline.abi.policy;

import dev.trapline.abi.smccc.FunctionId;

/// Which function identifiers a rule names. A closed set; its kinds are the registry's kinds of rule.
public sealed interface Functions {

    /// Whether they contain an identifier.
    ///
    /// @param function as it stands in w0
    default boolean contain(int function) {
        FunctionId id = new FunctionId(function);
        return switch (this) {
            case One(FunctionId one) -> one.value() == function;
            case Range(FunctionId base, long count) -> {
                long distance = Integer.toUnsignedLong(function) - Integer.toUnsignedLong(base.value());
                yield distance >= 0 && distance < count;
            }
            case Owner(int owner) -> id.isFast() && id.owner() == owner;
            case Any _ -> true;
        };
    }

    /// One function.
    record One(FunctionId function) implements Functions {
        @Override
        public String toString() {
            return function.toString();
        }
    }

    /// A range, in the form of `struct kvm_smccc_filter`: a base and a number of functions.
    ///
    /// @param count 1 or more; base and count may be wrong here, the registry says how
    record Range(FunctionId base, long count) implements Functions {

        /// The range from one identifier to another, both included.
        public static Range of(FunctionId first, FunctionId last) {
            return new Range(first, Integer.toUnsignedLong(last.value()) - Integer.toUnsignedLong(first.value()) + 1);
        }

        @Override
        public String toString() {
            long last = Integer.toUnsignedLong(base.value()) + count - 1;
            return count == 0 ? base + " + 0" : base + String.format(" to 0x%08X", last);
        }
    }

    /// All fast calls of an owner, of both widths.
    ///
    /// @param owner 0 to 63
    record Owner(int owner) implements Functions {
        public Owner {
            if (owner < 0 || owner > 63) {
                throw new IllegalArgumentException("an owner is 0 to 63, not " + owner);
            }
        }

        @Override
        public String toString() {
            return "owner " + owner;
        }
    }

    /// Whatever stands in w0: for calls that are not SMCCC calls, since their #imm is not 0.
    record Any() implements Functions {
        @Override
        public String toString() {
            return "any function";
        }
    }
}
