package dev.trapline.explore;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.Turn;
import dev.trapline.machine.choice.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Shortens lists as long as they are enough: from both ends by halves, and then by delta debugging (Zeller and
/// Hildebrandt, 2002).
final class Shrinking {

    private Shrinking() {}

    /// The elements that are needed.
    ///
    /// @param isEnough whether some of them are; all of them are
    static <E> List<E> without(List<E> all, Predicate<List<E>> isEnough) {
        if (all.isEmpty() || isEnough.test(List.of())) {
            return List.of();
        }
        List<E> needed = all;
        needed = needed.subList(0, least(needed.size(), needed, isEnough, true));
        needed = needed.subList(needed.size() - least(needed.size(), needed, isEnough, false), needed.size());
        return deltaDebugged(List.copyOf(needed), isEnough);
    }

    /// Makes one turn of two that follow each other and are of one vCPU, where that is enough.
    static List<Choice> joined(List<Choice> turns, Predicate<List<Choice>> isEnough) {
        List<Choice> joined = turns;
        for (int i = 0; i + 1 < joined.size(); ) {
            Choice both = joined(joined.get(i), joined.get(i + 1));
            List<Choice> fewer = new ArrayList<>(joined);
            if (both != null) {
                fewer.set(i, both);
                fewer.remove(i + 1);
            }
            if (both != null && isEnough.test(fewer)) {
                joined = fewer;
            } else {
                i++;
            }
        }
        return joined;
    }

    private static @Nullable Choice joined(Choice one, Choice two) {
        return one instanceof Choice.OfTurn(ChoicePoint asked, Turn(VcpuId vcpu, long length))
                        && two instanceof Choice.OfTurn(ChoicePoint next, Turn(VcpuId same, long more))
                        && vcpu.equals(same)
                        && next.after().equals(vcpu)
                        && next.round() == asked.round()
                ? new Choice.OfTurn(asked, new Turn(vcpu, length + more))
                : null;
    }

    /// How many of the first, or the last, elements are enough, found by halves. It is one that is enough, and not
    /// always the least one.
    private static <E> int least(int size, List<E> all, Predicate<List<E>> isEnough, boolean first) {
        int enough = size;
        int few = 0;
        while (enough - few > 1) {
            int middle = few + (enough - few) / 2;
            List<E> some = first ? all.subList(0, middle) : all.subList(size - middle, size);
            if (isEnough.test(some)) {
                enough = middle;
            } else {
                few = middle;
            }
        }
        return enough;
    }

    private static <E> List<E> deltaDebugged(List<E> all, Predicate<List<E>> isEnough) {
        List<E> needed = all;
        int parts = 2;
        while (needed.size() > 1) {
            List<E> smaller = withoutOnePart(needed, Math.min(parts, needed.size()), isEnough);
            if (smaller != null) {
                needed = smaller;
                parts = Math.max(2, parts - 1);
            } else if (parts >= needed.size()) {
                break;
            } else {
                parts = Math.min(2 * parts, needed.size());
            }
        }
        return needed;
    }

    private static <E> @Nullable List<E> withoutOnePart(List<E> all, int parts, Predicate<List<E>> isEnough) {
        for (int part = 0; part < parts; part++) {
            List<E> rest = new ArrayList<>(all.subList(0, all.size() * part / parts));
            rest.addAll(all.subList(all.size() * (part + 1) / parts, all.size()));
            if (isEnough.test(rest)) {
                return rest;
            }
        }
        return null;
    }
}
