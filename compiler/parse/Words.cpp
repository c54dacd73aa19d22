// The wording of syntax errors.
#include "compiler/parse/Words.h"
#include "compiler/parse/Parse.h"
#include "compiler/support/Diagnostics.h"
#include "grammar/NnLexer.h"
#include "llvm/ADT/STLExtras.h"

using namespace nnc;
using namespace nnc::parse;
using grammar::NnParser;
using llvm::StringRef;

static bool isReserved(size_t type) { return type >= NnParser::Let && type <= NnParser::False; }
static bool isSoftKeyword(size_t type) {
  return type >= NnParser::Option && type <= NnParser::Steps;
}
static bool isNameLike(size_t type) { return type == NnParser::Name || isSoftKeyword(type); }

std::string parse::describeFound(const SourceStream &source, antlr4::TokenStream &tokens,
                                 size_t index) {
  antlr4::Token *token = tokens.get(index);
  StringRef text = source.text(token);
  size_t type = token->getType();
  if (type == antlr4::Token::EOF)
    return "the end of the file";
  if (type == NnParser::Sep) {
    if (!text.empty())
      return "`;`";
    size_t next = tokens.get(index + 1)->getType();
    return next == NnParser::RBrace     ? "`}`"
           : next == antlr4::Token::EOF ? "the end of the file"
                                        : "the end of the line";
  }
  if (type == NnParser::Number || type == NnParser::Percent)
    return ("the number " + text).str();
  if (type == NnParser::String)
    return ("the string " + (text.size() > 30 ? text.take_front(27).str() + "…\"" : text.str()));
  if (isReserved(type))
    return ("the reserved word `" + text + "`").str();
  return ("`" + text + "`").str();
}

static bool takes(const antlr4::misc::IntervalSet &expected, size_t type) {
  return expected.contains(type);
}

/// A token type as it is written in the source.
static std::string spell(size_t type, const antlr4::dfa::Vocabulary &vocabulary) {
  std::string literal = vocabulary.getLiteralName(type);
  if (literal == "'\\''")
    return "`'`";
  if (literal.size() > 2)
    return "`" + literal.substr(1, literal.size() - 2) + "`";
  switch (type) {
  case NnParser::Sep:
    return "the end of the statement";
  case NnParser::Name:
    return "a name";
  case NnParser::String:
    return "a string";
  case NnParser::Number:
    return "a number";
  default:
    return vocabulary.getSymbolicName(type);
  }
}

/// What may begin a statement of this kind, in words.
static std::string beginnings(size_t statement) {
  switch (statement) {
  case NnParser::RuleDataEntry:
    return "an entry of a data block: `x = …`, `split …`, `normalize …`, `balance …`, `augment …`, "
           "`where …`, `drop missing`, `fill …` or a row";
  case NnParser::RuleRunEntry:
    return "an entry: `key = …`, `metric …`, `clip …`, `constrain …`, `stop when …`, `keep …`, "
           "`checkpoint …`, `update …` or `optimizer net.part = …`";
  case NnParser::RuleTopStatement:
    return "a declaration or a statement";
  default:
    return "a statement or an expression";
  }
}

/// What is expected after the first word of a statement, in words.
static std::string describeAfterFirst(size_t type, size_t statement) {
  if (type == NnParser::Keep)
    return "`best`, `highest` or `lowest`";
  if (type == NnParser::Clip)
    return "`norm` or `value`";
  if (type == NnParser::Constrain)
    return "parameters of a model, such as `net.weights`";
  if (type == NnParser::Update)
    return "what it updates, such as `net`";
  if (type == NnParser::Stop)
    return "`when`";
  if (type == NnParser::Drop)
    return "`missing`";
  if (isNameLike(type) &&
      (statement == NnParser::RuleDataEntry || statement == NnParser::RuleRunEntry))
    return "`=`";
  return isNameLike(type) ? "an operator or the end of the statement" : "an expression";
}

std::string parse::describeExpected(antlr4::TokenStream &tokens, const Failure &failure,
                                    const antlr4::misc::IntervalSet &expected,
                                    const antlr4::dfa::Vocabulary &vocabulary) {
  if (failure.rule == failure.statement && !takes(expected, NnParser::Sep))
    return failure.index == failure.first
               ? beginnings(failure.statement)
               : describeAfterFirst(tokens.get(failure.first)->getType(), failure.statement);
  switch (failure.rule) {
  case NnParser::RuleDeclaration:
  case NnParser::RuleRun:
    return beginnings(NnParser::RuleTopStatement);
  case NnParser::RuleDataDecl:
    if (takes(expected, NnParser::RBrace))
      return beginnings(NnParser::RuleDataEntry);
    break;
  case NnParser::RuleRunBlock:
    if (takes(expected, NnParser::RBrace))
      return beginnings(NnParser::RuleRunEntry);
    break;
  case NnParser::RuleBlock:
    if (takes(expected, NnParser::RBrace))
      return beginnings(NnParser::RuleStatement);
    break;
  case NnParser::RuleShape:
    return takes(expected, NnParser::LBracket) ? "a shape such as `[n, 10]`" : "`,` or `]`";
  case NnParser::RuleBody:
    return "`=` and an expression, or `{` and a block";
  case NnParser::RuleSuffix:
  case NnParser::RuleParameters:
  case NnParser::RulePrimary:
    if (tokens.get(failure.index)->getType() == NnParser::Comma)
      return failure.rule == NnParser::RuleParameters ? "a name"
                                                      : "an expression"; // `f(,a)`, `f(a,,b)`
    if (takes(expected, NnParser::RParen) && failure.rule != NnParser::RulePrimary)
      return "`,` or `)`";
    if (takes(expected, NnParser::RBracket))
      return "`,` or `]`";
    break;
  }
  if (failure.operandDue)
    return "an expression";
  std::vector<std::string> words;
  bool name = takes(expected, NnParser::Name);
  for (ssize_t type : expected.toList()) {
    if (name && (type == NnParser::Quoted || isSoftKeyword(type)))
      continue;
    words.push_back(type == ssize_t(antlr4::Token::EOF) ? "the end of the file"
                                                        : spell(type, vocabulary));
  }
  std::string list;
  for (size_t i = 0; i != words.size() && i != 8; ++i)
    list += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  return list.empty() ? "something else" : list;
}

llvm::ArrayRef<StringRef> nnc::statementWords() {
  static const std::vector<std::string> literals = [] {
    antlr4::ANTLRInputStream nothing;
    grammar::NnLexer lexer(&nothing);
    antlr4::CommonTokenStream tokens(&lexer);
    NnParser parser(&tokens);
    const antlr4::atn::ATN &grammar = parser.getATN();
    std::vector<std::string> found;
    for (size_t rule : {NnParser::RuleDeclaration, NnParser::RuleRun})
      for (ssize_t type : grammar.nextTokens(grammar.ruleToStartState[rule]).toList())
        found.push_back(parser.getVocabulary().getLiteralName(type));
    return found;
  }();
  static const std::vector<StringRef> words = [] {
    std::vector<StringRef> found;
    for (StringRef literal : literals)
      found.push_back(literal.drop_front().drop_back()); // its quotes
    return found;
  }();
  return words;
}

/// Words of other languages at the start of a statement, and their equivalent in nn.
static std::string adviseOnFirstWord(StringRef word, size_t rule) {
  static const std::pair<StringRef, StringRef> foreign[] = {
      {"def", "a function is declared with `fn`"},
      {"func", "a function is declared with `fn`"},
      {"function", "a function is declared with `fn`"},
      {"var", "a value is named with `let`"},
      {"const", "a value is named with `let`"},
      {"return", "a block's last expression is its value; there is no `return`"},
      {"import", "there is nothing to import: the standard library is always there"},
      {"class", "write `layer` for a layer, `model` for what is trained"},
      {"while", "`scan z in x { … }` steps through a tensor; `repeat` makes several layers"},
      {"for", "`scan z in x { … }` steps through a tensor; `repeat` makes several layers"},
      {"network", "what is trained is declared with `model`"},
      {"net", "what is trained is declared with `model`"},
  };
  for (auto [theirs, ours] : foreign)
    if (word == theirs)
      return ours.str();
  static const StringRef block[] = {"let", "param", "state"};
  static const StringRef data[] = {"split", "normalize", "balance", "augment",
                                   "where", "drop",      "fill"};
  static const StringRef entries[] = {"metric", "clip",       "constrain", "stop",
                                      "keep",   "checkpoint", "update"};
  StringRef near = rule == NnParser::RuleTopStatement ? didYouMean(word, statementWords())
                   : rule == NnParser::RuleStatement  ? didYouMean(word, block)
                   : rule == NnParser::RuleDataEntry  ? didYouMean(word, data)
                   : rule == NnParser::RuleRunEntry   ? didYouMean(word, entries)
                                                      : StringRef();
  return near.empty() ? "" : ("did you mean `" + near + "`?").str();
}

std::string parse::adviseOn(const SourceStream &source, antlr4::TokenStream &tokens,
                            const Failure &failure) {
  auto typeAt = [&](size_t index) { return tokens.get(index)->getType(); };
  size_t type = typeAt(failure.index), rule = failure.rule;
  size_t before = failure.index == 0 ? size_t(NnParser::Sep) : typeAt(failure.index - 1);
  bool second = failure.index == failure.first + 1;
  bool startsValue = isNameLike(type) || type == NnParser::String || type == NnParser::Number;
  if (second && isNameLike(typeAt(failure.first)) && startsValue)
    return adviseOnFirstWord(source.text(tokens.get(failure.first)), failure.statement);
  if (type == NnParser::Star && before == NnParser::Star)
    return "a power is written `a ^ b`";
  if (type == NnParser::Prime)
    return "strings are in double quotes; `'` after a value transposes it";
  if (type == NnParser::Plus && failure.operandDue)
    return "a number needs no `+` sign";
  if (type == NnParser::Dot && failure.operandDue)
    return "a number begins with a digit: `0.5`";
  if (type == NnParser::Equals && rule == NnParser::RuleTopStatement)
    return "a value is named with `let`, a setting belongs in the block of its run";
  if (type == NnParser::Equals && rule == NnParser::RuleStatement)
    return "`let name = …` names a value, `name <- …` updates a state";
  if (type == NnParser::Assign)
    return "`<-` updates a state; to compare with a negative value, leave a blank: `a < -b`";
  if (type == NnParser::Equals && (before == NnParser::Eq || before == NnParser::Equals))
    return "equality is written `==`";
  if (type == NnParser::Colon && (rule == NnParser::RuleChoice || rule == NnParser::RuleBody))
    return "a block is in `{ }`";
  const bool inData = failure.statement == NnParser::RuleDataEntry;
  if (type == NnParser::Comma && rule == failure.statement && failure.index > failure.first)
    return inData ? "the fields of a row are separated by `->`"
                  : "entries and statements end with their line, or with `;`";
  static const size_t withShapes[] = {NnParser::Fn,        NnParser::Layer,  NnParser::Init,
                                      NnParser::Optimizer, NnParser::Metric, NnParser::Model,
                                      NnParser::Data,      NnParser::Param,  NnParser::State};
  const bool declares = failure.statement != NnParser::RuleRunEntry &&
                        llvm::is_contained(withShapes, typeAt(failure.first));
  if (type == NnParser::Arrow && !inData && !declares)
    return "a value goes on into a layer by `|>`";
  if (rule == NnParser::RuleShape && before == NnParser::Colon && !declares)
    return "an argument's value comes after `=`";
  if (isReserved(type) && rule == NnParser::RuleName)
    return "a reserved word can be a name in backquotes: `" +
           source.text(tokens.get(failure.index)).str() + "`";
  if (before == NnParser::Number && (isNameLike(type) || type == NnParser::LParen))
    return "a product needs its sign: `2 * x`";
  return "";
}
