package dev.trapline.firmware.sdei;

import java.util.List;

/// Lists that never change, made from one another.
final class ImmutableLists {

    private ImmutableLists() {}

    /// The list with another element at an index.
    @SuppressWarnings("unchecked") // the array holds what the list held, and the new element
    static <T> List<T> with(List<T> list, int index, T element) {
        if (list.size() == 1) {
            return List.of(element);
        }
        T[] elements = (T[]) list.toArray();
        elements[index] = element;
        return List.of(elements);
    }
}
