package dev.trapline.registry;

import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.policy.Rule;
import dev.trapline.abi.smccc.FunctionId;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;

/// A range of function identifiers, with its owner.
///
/// @param first inclusive, unsigned
/// @param last inclusive, unsigned
record IdRange<T>(long first, long last, T owner) {

    static final Comparator<IdRange<?>> BY_START = Comparator.comparingLong(IdRange::first);

    private static final long LAST_IDENTIFIER = 0xffff_ffffL;
    private static final int OWNER_LAST = 0xff_ffff;

    static <T> IdRange<T> of(Claim claim, T owner) {
        return new IdRange<>(unsigned(claim.first()), unsigned(claim.last()), owner);
    }

    /// The ranges that a rule names: one, or two for an owner of calls, because calls have two widths.
    static List<IdRange<Rule>> of(Rule rule) {
        return switch (rule.match().functions()) {
            case Functions.One(FunctionId function) ->
                List.of(new IdRange<>(unsigned(function), unsigned(function), rule));
            case Functions.Range(FunctionId base, long count) ->
                List.of(new IdRange<>(unsigned(base), unsigned(base) + count - 1, rule));
            case Functions.Owner(int owner) ->
                List.of(
                        new IdRange<>(unsigned(FunctionId.fast32(owner, 0)), lastOf(FunctionId.fast32(owner, 0)), rule),
                        new IdRange<>(
                                unsigned(FunctionId.fast64(owner, 0)), lastOf(FunctionId.fast64(owner, 0)), rule));
            case Functions.Any() -> List.of(new IdRange<>(0, LAST_IDENTIFIER, rule));
        };
    }

    /// Adds its first identifier, and the first one after it.
    LongStream edges() {
        return LongStream.of(first, last + 1);
    }

    /// The same range without its owner.
    Claim claim() {
        return new Claim(new FunctionId((int) first), new FunctionId((int) last));
    }

    boolean meets(long otherFirst, long otherLast) {
        return first <= otherLast && otherFirst <= last;
    }

    private static long lastOf(FunctionId firstOfOwner) {
        return unsigned(firstOfOwner) + OWNER_LAST;
    }

    private static long unsigned(FunctionId id) {
        return Integer.toUnsignedLong(id.value());
    }
}
