// Applies the layout rules token by token while lexing. A text over a limit is therefore not even
// lexed to its end.
#include "compiler/parse/Layout.h"
#include "grammar/NnLexer.h"
#include "grammar/NnParser.h"
#include "llvm/ADT/StringExtras.h"

using namespace nnc;
using namespace nnc::parse;
using grammar::NnLexer;
using T = grammar::NnParser; // its token types are those of the lexer and those created here
using Token = std::unique_ptr<antlr4::Token>;

namespace {

bool opens(size_t type) { return type == T::LParen || type == T::LBracket || type == T::LBrace; }

bool closes(size_t type) { return type == T::RParen || type == T::RBracket || type == T::RBrace; }

size_t closerOf(size_t opener) {
  return opener == T::LParen ? T::RParen : opener == T::LBracket ? T::RBracket : T::RBrace;
}

/// A newline after one of these tokens cannot end the statement.
bool continuesAfter(size_t type) {
  switch (type) {
  case T::PipeOp:
  case T::Arrow:
  case T::Assign:
  case T::Tilde:
  case T::Equals:
  case T::Colon:
  case T::Comma:
  case T::Plus:
  case T::Minus:
  case T::Star:
  case T::Slash:
  case T::At:
  case T::Mod:
  case T::Caret:
  case T::Eq:
  case T::Ne:
  case T::Lt:
  case T::Le:
  case T::Gt:
  case T::Ge:
  case T::DotDot:
  case T::Dot:
  case T::And:
  case T::Or:
  case T::Not:
  case T::If:
  case T::Then:
  case T::Else:
  case T::As:
  case T::Derivative:
    return true;
  default:
    return false;
  }
}

/// A newline before one of these tokens does not end the statement.
bool continuesBefore(size_t type) {
  return type == T::PipeOp || type == T::Then || type == T::Else || type == T::Derivative ||
         type == T::LBrace;
}

/// Reserved words that occur only at the start of a statement: they end whatever came before.
bool beginsStatement(size_t type) { return type == T::Let || type == T::Fn || type == T::Print; }

/// Tokens that add no depth to the tree of an expression. Keywords are included: except `not`, `if`
/// and `scan`, they cannot follow one another in an expression.
bool isOperand(size_t type) {
  switch (type) {
  case T::Name:
  case T::Quoted:
  case T::Number:
  case T::Percent:
  case T::String:
  case T::True:
  case T::False:
  case T::Ellipsis:
    return true;
  default:
    return type >= T::Option && type <= T::Steps;
  }
}

/// After one of these tokens a new expression begins, which is not part of the previous one.
bool startsExpression(size_t type) {
  return type == T::Comma || type == T::Equals || type == T::Tilde || type == T::Assign ||
         type == T::Arrow || type == T::Colon;
}

bool startsOperand(size_t type) {
  return isOperand(type) || type == T::LParen || type == T::LBracket;
}

/// Tokens that may be the last of an expression.
bool endsOperand(size_t type) { return isOperand(type) || closes(type) || type == T::Prime; }

bool adjacent(const antlr4::Token &left, const antlr4::Token &right) {
  return left.getStopIndex() + 1 == right.getStartIndex();
}

class Layout {
public:
  /// If `diags` is null, nothing is reported.
  Layout(SourceStream &source, Diagnostics *diags) : source(source), diags(diags), lexer(&source) {
    lexer.removeErrorListeners();
    next = lexer.nextToken();
  }

  bool run() {
    while (next->getType() != antlr4::Token::EOF) {
      Token token = std::move(next);
      next = lexer.nextToken();
      if (!take(std::move(token)))
        return false;
    }
    wantsMore = !failed && (!open.empty() || continuesAfter(lastType()) || !docs.empty());
    if (!open.empty()) {
      reportUnclosed(next.get());
      return false;
    }
    settlePending(antlr4::Token::EOF);
    endStatement(next.get());
    push(std::move(next));
    return !failed;
  }

  TokenList list;
  bool wantsMore = false; ///< run() reached the end of a valid text, but not the end of a statement

private:
  struct Open {
    size_t type;
    Range range;
    unsigned operators; ///< in the innermost expression so far
  };

  size_t lastType() const {
    return list.tokens.empty() ? size_t(T::Sep) : list.tokens.back()->getType();
  }
  bool inParens() const { return !open.empty() && open.back().type != T::LBrace; }

  /// Returns false if nothing sensible can follow.
  bool take(Token token) {
    if (token->getType() == T::Then && !endsOperand(lastType()))
      static_cast<antlr4::CommonToken *>(token.get())
          ->setType(T::Name); // `warmup(200 steps, then = …)`
    size_t type = token->getType();
    switch (type) {
    case T::Doc:
      takeDoc(*token);
      return true;
    case T::Newline:
      takeNewline(std::move(token));
      return true;
    case T::Semi:
      pending = std::move(token);
      lineStart = false;
      return true;
    case T::OpenString:
    case T::OpenQuoted:
    case T::Unknown:
      takeBroken(*token);
      return true;
    }
    if (inParens() && beginsStatement(type)) {
      reportUnclosed(token.get());
      return false;
    }
    settlePending(type);
    if (type == T::RBrace)
      endStatement(token.get());
    if ((type == T::RParen || type == T::RBracket) && lastType() == T::Comma &&
        operandBeforeComma())
      pop();
    bool percent = type == T::Mod && lastType() == T::Number &&
                   adjacent(*list.tokens.back(), *token) &&
                   !(adjacent(*token, *next) && startsOperand(next->getType()));
    if (percent) {
      makePercent(*token);
      return true;
    }
    if (!countBrackets(*token) || !countOperators(*token) || !countTokens(*token))
      return false;
    if (!docs.empty())
      list.docs[list.tokens.size()] = std::move(docs);
    docs.clear();
    lineStart = false;
    push(std::move(token));
    return true;
  }

  // ---- documentation comments -------------------------------------------------------------------

  void takeDoc(const antlr4::Token &token) {
    if (!lineStart)
      return; // `##` after code documents nothing
    llvm::StringRef text = source.text(&token).drop_front(2);
    text.consume_front(" ");
    if (!docs.empty())
      docs += '\n';
    docs += text.rtrim();
    if (docs.empty())
      docs = " "; // an empty first line is a comment too
    afterDoc = true;
  }

  void takeNewline(Token token) {
    if (!afterDoc)
      docs.clear(); // a blank line or code separates the comment from what follows
    afterDoc = false;
    lineStart = true;
    if (!inParens() && !pending)
      pending = std::move(token);
  }

  // ---- separators -------------------------------------------------------------------------------

  /// Decides whether the pending newline or `;` ends the statement. `type` is the type of the next
  /// token.
  void settlePending(size_t type) {
    Token mark = std::move(pending);
    if (!mark || lastType() == T::Sep || lastType() == T::LBrace)
      return;
    bool continues = continuesAfter(lastType()) || continuesBefore(type);
    if (mark->getType() == T::Newline && continues && !beginsStatement(type))
      return;
    endStatement(mark.get());
  }

  /// Inserts a Sep before `at` unless the statement has already ended.
  void endStatement(const antlr4::Token *at) {
    if (lastType() == T::Sep || lastType() == T::LBrace)
      return;
    auto sep = std::make_unique<antlr4::CommonToken>(T::Sep);
    sep->setStartIndex(at->getStartIndex());
    sep->setStopIndex(at->getStartIndex() - 1 + (at->getType() == T::Semi));
    sep->setLine(at->getLine());
    sep->setCharPositionInLine(at->getCharPositionInLine());
    resetOperators();
    push(std::move(sep));
  }

  // ---- numbers ----------------------------------------------------------------------------------

  void makePercent(const antlr4::Token &sign) {
    auto *number = static_cast<antlr4::CommonToken *>(list.tokens.back().get());
    number->setType(T::Percent);
    number->setStopIndex(sign.getStopIndex());
  }

  bool operandBeforeComma() const {
    size_t count = list.tokens.size();
    return count >= 2 && !opens(list.tokens[count - 2]->getType()) &&
           list.tokens[count - 2]->getType() != T::Comma;
  }

  // ---- brackets and limits ----------------------------------------------------------------------

  bool countBrackets(const antlr4::Token &token) {
    size_t type = token.getType();
    if (opens(type)) {
      if (open.size() == maxNesting) {
        error(token, "brackets are nested more than " + llvm::Twine(maxNesting) + " deep");
        return false;
      }
      return true;
    }
    if (!closes(type))
      return true;
    if (open.empty()) {
      if (!unfinished)
        error(token, "`" + source.text(&token) + "` closes no bracket");
      return false;
    }
    if (closerOf(open.back().type) != type) {
      reportUnclosed(&token);
      return false;
    }
    operators -= open.back().operators;
    open.pop_back();
    return true;
  }

  bool countTokens(const antlr4::Token &token) {
    if (list.tokens.size() < maxTokens)
      return true;
    error(token, "this program is too long: more than " + llvm::Twine(maxTokens) +
                     " words, numbers and signs; put a table of this size into a file and read it "
                     "with `csv(…)`");
    return false;
  }

  bool countOperators(const antlr4::Token &token) {
    size_t type = token.getType();
    if (startsExpression(type)) {
      resetOperators();
    } else if ((!isOperand(type) || type == T::Scan) && !closes(type) && type != T::Then &&
               type != T::Else) { // `if` already counts
      ++operators;
      ++(open.empty() ? outermost : open.back().operators);
      if (operators > maxOperators) {
        error(token, "this expression is too long: more than " + llvm::Twine(maxOperators) +
                         " operators; name parts of it with `let`");
        return false;
      }
    }
    return true;
  }

  void resetOperators() {
    unsigned &count = open.empty() ? outermost : open.back().operators;
    operators -= count;
    count = 0;
  }

  void reportUnclosed(const antlr4::Token *found) {
    failed = true;
    if (!diags || unfinished)
      return;
    auto spelled = [](size_t type) {
      return type == T::LParen ? "`(`" : type == T::LBracket ? "`[`" : "`{`";
    };
    auto message = diags->error(open.back().range,
                                llvm::Twine(spelled(open.back().type)) + " is never closed");
    if (found->getType() == antlr4::Token::EOF) {
      if (open.size() > 1)
        message.note(open[open.size() - 2].range,
                     llvm::Twine(spelled(open[open.size() - 2].type)) + " is open, too");
    } else {
      message.note(source.range(found), "`" + source.text(found) + "` is here instead");
    }
  }

  // ---- broken tokens ----------------------------------------------------------------------------

  void takeBroken(const antlr4::Token &token) {
    size_t type = token.getType();
    lineStart = false;
    failed = true;
    if (type == T::OpenString || type == T::OpenQuoted) {
      unfinished = true;
      error(token, type == T::OpenString ? "this string has no closing `\"` on its line"
                                         : "this name has no closing backquote on its line");
      return;
    }
    bool continues = brokenEnd == token.getStartIndex();
    brokenEnd = token.getStopIndex() + 1;
    if (!continues)
      reportUnknown(token);
  }

  void reportUnknown(const antlr4::Token &token) {
    if (!diags)
      return;
    llvm::StringRef text = source.text(&token);
    bool printable = text.size() > 1 || llvm::isPrint(text[0]);
    auto message = diags->error(source.range(&token),
                                printable ? "`" + text + "` has no meaning here"
                                          : llvm::Twine("a control character in the program"));
    static const std::pair<llvm::StringRef, llvm::StringRef> instead[] = {
        {"−", "-"},          {"×", "*"},  {"·", "*"},  {"÷", "/"},   {"≤", "<="},   {"≥", ">="},
        {"≠", "!="},         {"²", "^2"}, {"³", "^3"}, {"“", "\""},  {"”", "\""},   {"„", "\""},
        {"’", "'"},          {"→", "->"}, {"←", "<-"}, {"…", "..."}, {"!", "not"},  {"&", "and"},
        {"|", "|> or `or`"}, {"ᵀ", "'"},  {"⊤", "'"},  {"∼", "~"},   {"√", "sqrt"},
    };
    for (auto [written, meant] : instead)
      if (text == written)
        message.note("write `" + meant + "`");
  }

  void error(const antlr4::Token &token, const llvm::Twine &message) {
    failed = true;
    if (diags)
      diags->error(source.range(&token), message);
  }

  // ---- output -----------------------------------------------------------------------------------

  void push(Token token) {
    size_t type = token->getType();
    list.depths.push_back(open.size());
    if (opens(type))
      open.push_back({type, source.range(token.get()), 0});
    list.tokens.push_back(std::move(token));
  }

  void pop() {
    list.tokens.pop_back();
    list.depths.pop_back();
  }

  SourceStream &source;
  Diagnostics *diags;
  NnLexer lexer;
  Token next;    ///< the lexer's next token
  Token pending; ///< a newline or `;`; the next token decides whether it ends the statement
  std::vector<Open> open;
  unsigned operators = 0; ///< in the expressions of all open brackets together
  unsigned outermost = 0; ///< those outside every bracket
  std::string docs;       ///< the `##` lines read so far
  bool afterDoc = false;  ///< the current line is a `##` line
  bool lineStart = true;  ///< only blanks since the last newline
  bool failed = false;
  bool unfinished = false; ///< an unfinished string may hide brackets: do not report any
  size_t brokenEnd = size_t(-1);
};

} // namespace

std::optional<TokenList> parse::layOut(SourceStream &source, Diagnostics &diags) {
  Layout layout(source, &diags);
  if (!layout.run())
    return std::nullopt;
  return std::move(layout.list);
}

bool parse::endsOpen(SourceStream &source) {
  Layout layout(source, nullptr);
  layout.run();
  return layout.wantsMore;
}
