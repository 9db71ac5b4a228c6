package dev.trapline.explore;

import dev.trapline.abi.choice.CallKey;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.DelegatingChoices;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which function each call with a fault had. A fault is named by the number of its call. In a run with fewer faults,
/// the call with this number may be another one, which must not get the fault.
///
/// @param functions see [Choices.Call#function]
/// @param numbers which of its caller's calls of this function it was, from 1; empty if that is not known
public record FaultedCalls(SortedMap<CallKey, Integer> functions, SortedMap<CallKey, Long> numbers) {

    static final FaultedCalls NONE = new FaultedCalls(new TreeMap<>(), new TreeMap<>());

    public FaultedCalls {
        functions = Collections.unmodifiableSortedMap(new TreeMap<>(functions));
        numbers = Collections.unmodifiableSortedMap(new TreeMap<>(numbers));
    }

    /// The same where the calls before are not known, and so no numbers are.
    FaultedCalls withoutNumbers() {
        return new FaultedCalls(functions, new TreeMap<>());
    }

    /// Leaves only the faults of calls with these functions.
    Choices guard(Choices others) {
        return new DelegatingChoices(others) {
            @Override
            public @Nullable CallFault fault(Call asked) {
                Integer function = functions.isEmpty() ? null : functions.get(asked.key());
                return function == null || function == asked.function() ? super.fault(asked) : null;
            }
        };
    }

    /// Notes the functions of the calls that get a fault.
    static final class Notes extends DelegatingChoices {

        private final SortedMap<CallKey, Integer> functions = new TreeMap<>();
        private final SortedMap<CallKey, Long> numbers = new TreeMap<>();
        private final SortedMap<Long, Long> counts = new TreeMap<>();

        Notes(Choices others) {
            super(others);
        }

        @Override
        public @Nullable CallFault fault(Call asked) {
            CallFault fault = super.fault(asked);
            long ofCaller = ((long) asked.caller().index() << Integer.SIZE) | Integer.toUnsignedLong(asked.function());
            long number = counts.merge(ofCaller, 1L, Long::sum);
            if (fault != null) {
                functions.put(asked.key(), asked.function());
                numbers.put(asked.key(), number);
            }
            return fault;
        }

        FaultedCalls noted() {
            return new FaultedCalls(functions, numbers);
        }
    }
}
