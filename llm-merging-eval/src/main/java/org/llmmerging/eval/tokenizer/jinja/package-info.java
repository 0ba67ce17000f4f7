/**
 * Renders the Jinja templates that models have for chats, with the whitespace rules that transformers sets. It knows
 * the part of <a href="https://jinja.palletsprojects.com/en/stable/templates/">Jinja</a> that chat templates use: if,
 * for, set, macro, expressions, filters, tests and the methods of strings and dictionaries. A template can reach
 * nothing but the values that it is given, and stops when it goes on for too long.
 */
@NullMarked
package org.llmmerging.eval.tokenizer.jinja;

import org.jspecify.annotations.NullMarked;
