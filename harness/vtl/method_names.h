/* The names of all methods that the tables know, sorted by bytes: a method's number is its place here,
 * from 1. */
#ifndef STATUSQUO_VTL_METHOD_NAMES_H
#define STATUSQUO_VTL_METHOD_NAMES_H

/* clang-format off */
#define METHOD_NAMES(X) \
  X(abs) X(add) X(addAll) X(appendElement) X(bitCount) X(bitLength) X(booleanValue) X(boxed) \
  X(byteValue) X(byteValueExact) X(charAt) X(charCount) X(charValue) X(chars) X(clear) X(clone) \
  X(codePointAt) X(codePointBefore) X(codePointCount) X(codePoints) X(compare) X(compareTo) \
  X(compareToIgnoreCase) X(compareUnsigned) X(compute) X(computeIfAbsent) X(computeIfPresent) \
  X(concat) X(contains) X(containsAll) X(containsKey) X(containsValue) X(contentEquals) X(copyOf) \
  X(copyValueOf) X(count) X(decode) X(digit) X(distinct) X(divide) X(divideAndRemainder) \
  X(divideToIntegralValue) X(divideUnsigned) X(doubleToLongBits) X(doubleToRawLongBits) \
  X(doubleValue) X(endsWith) X(ensureCapacity) X(entry) X(entrySet) X(equals) X(equalsIgnoreCase) \
  X(floatToIntBits) X(floatToRawIntBits) X(floatValue) X(forDigit) X(forEach) X(forEachRemaining) \
  X(format) X(formatted) X(gcd) X(get) X(getBoolean) X(getBytes) X(getClass) X(getInteger) \
  X(getKey) X(getLong) X(getName) X(getNumericValue) X(getOrDefault) X(getValue) X(hasNext) \
  X(hasPrevious) X(hashCode) X(highestOneBit) X(indent) X(indexOf) X(intBitsToFloat) X(intValue) \
  X(intValueExact) X(intern) X(isAlphabetic) X(isBlank) X(isBmpCodePoint) X(isDefined) X(isDigit) \
  X(isEmpty) X(isFinite) X(isHighSurrogate) X(isISOControl) X(isIdentifierIgnorable) \
  X(isIdeographic) X(isInfinite) X(isJavaIdentifierPart) X(isJavaIdentifierStart) X(isLetter) \
  X(isLetterOrDigit) X(isLowSurrogate) X(isLowerCase) X(isMirrored) X(isNaN) X(isSpaceChar) \
  X(isSupplementaryCodePoint) X(isSurrogate) X(isSurrogatePair) X(isTitleCase) \
  X(isUnicodeIdentifierPart) X(isUnicodeIdentifierStart) X(isUpperCase) X(isValidCodePoint) \
  X(isWhitespace) X(iterator) X(join) X(keySet) X(lastIndexOf) X(length) X(limit) X(lines) \
  X(listIterator) X(logicalAnd) X(logicalOr) X(logicalXor) X(longBitsToDouble) X(longValue) \
  X(longValueExact) X(lowestOneBit) X(matches) X(max) X(merge) X(min) X(mod) X(movePointLeft) \
  X(movePointRight) X(multiply) X(negate) X(next) X(nextIndex) X(not) X(notify) X(notifyAll) \
  X(numberOfLeadingZeros) X(numberOfTrailingZeros) X(of) X(offsetByCodePoints) X(parallelStream) \
  X(parseBoolean) X(parseByte) X(parseDouble) X(parseFloat) X(parseInt) X(parseLong) X(parseShort) \
  X(parseUnsignedInt) X(parseUnsignedLong) X(plus) X(pow) X(precision) X(previous) \
  X(previousIndex) X(put) X(putAll) X(putIfAbsent) X(regionMatches) X(remainder) \
  X(remainderUnsigned) X(remove) X(removeAll) X(removeIf) X(repeat) X(replace) X(replaceAll) \
  X(replaceFirst) X(retainAll) X(reverse) X(reverseBytes) X(rotateLeft) X(rotateRight) X(scale) \
  X(scaleByPowerOfTen) X(set) X(setScale) X(setValue) X(shiftLeft) X(shiftRight) X(shortValue) \
  X(shortValueExact) X(signum) X(size) X(skip) X(sort) X(sorted) X(split) X(startsWith) X(stream) \
  X(strip) X(stripIndent) X(stripLeading) X(stripTrailing) X(stripTrailingZeros) X(subList) \
  X(subSequence) X(substring) X(subtract) X(sum) X(testBit) X(toArray) X(toBigInteger) \
  X(toBigIntegerExact) X(toBinaryString) X(toCharArray) X(toCodePoint) X(toEngineeringString) \
  X(toHexString) X(toJSONString) X(toList) X(toLowerCase) X(toOctalString) X(toPlainString) \
  X(toString) X(toUnsignedInt) X(toUnsignedLong) X(toUnsignedString) X(toUpperCase) X(transform) \
  X(translateEscapes) X(trim) X(trimToSize) X(ulp) X(unscaledValue) X(valueOf) X(values) X(wait)
/* clang-format on */

#define METHOD_NUMBER(name) METHOD_##name,
enum { METHOD_NONE, METHOD_NAMES(METHOD_NUMBER) METHOD_COUNT };
#undef METHOD_NUMBER

#endif
