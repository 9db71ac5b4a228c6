package dev.trapline.machine.firmware.state;

import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The forms of collections. What is read back cannot be changed.
///
/// The order of a list, of a sorted collection, and of any other that keeps one, is kept. `Set.of`, `HashSet` and their
/// like have an order that differs between processes: their elements are written in the order of their bytes, so that
/// equal collections give equal bytes.
final class CollectionForms {

    private CollectionForms() {}

    /// The form of a collection.
    ///
    /// @param arguments forms of the type arguments, which may be null values
    /// @param where for messages
    /// @return null if the type is no collection that has one
    static @Nullable Form of(Class<?> type, List<Form> arguments, String where) {
        if (type == Optional.class) {
            return new OptionalForm(arguments.get(0));
        }
        if (type == List.class) {
            return new ListForm(arguments.get(0));
        }
        if (type == Set.class || type == SequencedSet.class) {
            return new SetForm(arguments.get(0));
        }
        if (type == SortedSet.class || type == NavigableSet.class) {
            return new SortedSetForm(arguments.get(0), where);
        }
        if (type == Map.class || type == SequencedMap.class) {
            return new MapForm(arguments.get(0), arguments.get(1));
        }
        if (type == SortedMap.class || type == NavigableMap.class) {
            return new SortedMapForm(arguments.get(0), arguments.get(1), where);
        }
        return null;
    }

    private static boolean hasNoOrder(Object collection) {
        String name = collection.getClass().getName();
        return name.equals("java.util.HashSet")
                || name.equals("java.util.HashMap")
                || name.startsWith("java.util.ImmutableCollections");
    }

    private static void writeAll(StateWriter out, Collection<?> elements, Form form) {
        out.putCount(elements.size());
        elements.forEach(element -> writeNullable(out, element, form));
    }

    /// Each already written, in the order of their bytes.
    private static void writeSorted(StateWriter out, List<byte[]> written) {
        written.sort(Arrays::compareUnsigned);
        out.putCount(written.size());
        for (byte[] each : written) {
            out.put(each);
        }
    }

    static void writeNullable(StateWriter out, @Nullable Object value, Form form) {
        out.put(value != null);
        if (value != null) {
            form.write(out, value);
        }
    }

    static @Nullable Object readNullable(StateReader in, Form form) {
        return in.takeFlag() ? form.read(in) : null;
    }

    private static void requireNaturalOrder(@Nullable Comparator<?> comparator, String where) {
        if (comparator != null && !comparator.equals(Comparator.naturalOrder())) {
            throw new UnsupportedStateException(where + " is sorted by "
                    + comparator.getClass().getName() + ": only the natural order can be kept");
        }
    }

    private static StateDamagedException unsorted(RuntimeException cause) {
        return new StateDamagedException("the elements of a sorted collection have no order", cause);
    }

    private record OptionalForm(Form element) implements Form {

        @Override
        public void write(StateWriter out, Object value) {
            writeNullable(out, ((Optional<?>) value).orElse(null), element);
        }

        @Override
        public Object read(StateReader in) {
            return Optional.ofNullable(readNullable(in, element));
        }
    }

    private record ListForm(Form element) implements Form {

        @Override
        public void write(StateWriter out, Object value) {
            writeAll(out, (List<?>) value, element);
        }

        @Override
        public Object read(StateReader in) {
            List<@Nullable Object> list = new ArrayList<>();
            for (int left = in.takeCount(1); left > 0; left--) {
                list.add(readNullable(in, element));
            }
            // A list without nulls is one that copies share.
            return list.contains(null) ? Collections.unmodifiableList(list) : List.copyOf(list);
        }
    }

    private record SetForm(Form element) implements Form {

        @Override
        public void write(StateWriter out, Object value) {
            Set<?> set = (Set<?>) value;
            if (!hasNoOrder(set)) {
                writeAll(out, set, element);
                return;
            }
            List<byte[]> written = new ArrayList<>();
            for (Object each : set) {
                StateWriter one = new StateWriter();
                writeNullable(one, each, element);
                written.add(one.toArray());
            }
            writeSorted(out, written);
        }

        @Override
        public Object read(StateReader in) {
            SequencedSet<@Nullable Object> set = new LinkedHashSet<>();
            for (int left = in.takeCount(1); left > 0; left--) {
                set.add(readNullable(in, element));
            }
            return Collections.unmodifiableSequencedSet(set);
        }
    }

    private record SortedSetForm(Form element, String where) implements Form {

        @Override
        public void write(StateWriter out, Object value) {
            requireNaturalOrder(((SortedSet<?>) value).comparator(), where);
            writeAll(out, (SortedSet<?>) value, element);
        }

        @Override
        public Object read(StateReader in) {
            NavigableSet<@Nullable Object> set = new TreeSet<>();
            for (int left = in.takeCount(1); left > 0; left--) {
                try {
                    set.add(readNullable(in, element));
                } catch (ClassCastException | NullPointerException e) {
                    throw unsorted(e);
                }
            }
            return Collections.unmodifiableNavigableSet(set);
        }
    }

    private record MapForm(Form key, Form element) implements Form {

        @Override
        public void write(StateWriter out, Object value) {
            Map<?, ?> map = (Map<?, ?>) value;
            List<byte[]> written = new ArrayList<>();
            boolean ordered = !hasNoOrder(map);
            if (ordered) {
                out.putCount(map.size());
            }
            map.forEach((k, v) -> {
                StateWriter into = ordered ? out : new StateWriter();
                writeNullable(into, k, key);
                writeNullable(into, v, element);
                if (!ordered) {
                    written.add(into.toArray());
                }
            });
            if (!ordered) {
                writeSorted(out, written);
            }
        }

        @Override
        public Object read(StateReader in) {
            SequencedMap<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
            for (int left = in.takeCount(2); left > 0; left--) {
                map.put(readNullable(in, key), readNullable(in, element));
            }
            return Collections.unmodifiableSequencedMap(map);
        }
    }

    private record SortedMapForm(Form key, Form element, String where) implements Form {

        @Override
        public void write(StateWriter out, Object value) {
            SortedMap<?, ?> map = (SortedMap<?, ?>) value;
            requireNaturalOrder(map.comparator(), where);
            out.putCount(map.size());
            map.forEach((k, v) -> {
                writeNullable(out, k, key);
                writeNullable(out, v, element);
            });
        }

        @Override
        public Object read(StateReader in) {
            NavigableMap<@Nullable Object, @Nullable Object> map = new TreeMap<>();
            for (int left = in.takeCount(2); left > 0; left--) {
                try {
                    map.put(readNullable(in, key), readNullable(in, element));
                } catch (ClassCastException | NullPointerException e) {
                    throw unsorted(e);
                }
            }
            return Collections.unmodifiableNavigableMap(map);
        }
    }
}
