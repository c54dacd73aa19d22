// The syntax of nn. LANGUAGE.md is the reference for people; the comments here give the numbers of
// its sections.
//
// * No operation, layer, loss or optimizer is named here: those are ordinary names (prelude, dialect or program).
// * The parser does not see raw tokens. compiler/parse/Layout.cpp filters them: it drops the newlines that do not
//   end a statement, turns each run of the others (and `;`) into one Sep, adds a Sep before each `}` and before the
//   end of the file, drops a comma before a closing bracket, and joins `80` and `%` to a Percent. So every statement
//   and every entry of a block ends with exactly one Sep, and that is where the parser recovers from an error.
// * Each expression rule decides on one token, so parsing is linear and needs no warm-up; where a keyword may also
//   be a name (softKeyword), two tokens decide, and three for `scan`.
grammar Nn;

tokens { Sep, Percent }

program : topStatement* EOF ;

// ---- statements (LANGUAGE.md 5, 6, 8) ---------------------------------------------------------------------------

topStatement : (declaration | run | expression) Sep ;

declaration
  : letDecl | optionDecl | fnDecl | layerDecl | initDecl | optimizerDecl | metricDecl | modelDecl | dataDecl ;

letDecl       : Let name op=('=' | '~') expression ;
optionDecl    : Option name '=' expression String? ;
fnDecl        : Fn name parameters body (Derivative expression)? ;
layerDecl     : Layer name parameters parameters? ('->' shape)? body ;
initDecl      : Init name parameters? body (Fit fit=expression)? ;
optimizerDecl : Optimizer name parameters? block ;
metricDecl    : Metric name parameters direction=(Highest | Lowest)? body ;
modelDecl     : Model name parameters ('->' shape)? body ;
dataDecl      : Data name '=' expression ('{' dataEntry* '}')? ;

parameters : '(' (parameter (',' parameter)*)? ')' ;
parameter  : name (':' shape)? ('=' expression)? ;
shape      : '[' (expression (',' expression)*)? ']' ;
body       : '=' expression | block ;
block      : '{' statement* '}' ;

statement : (letDecl | paramStmt | stateStmt | assignStmt | expression) Sep ;

paramStmt  : Param name (':' shape)? (op=('=' | '~') expression)? ;
stateStmt  : State name (':' shape)? ('=' expression)? ;
assignStmt : name '<-' expression ;

// ---- data (LANGUAGE.md 7) ---------------------------------------------------------------------------------------

dataEntry
  : (splitEntry | normalizeEntry | balanceEntry | augmentEntry | whereEntry | dropEntry | fillEntry | seriesEntry | setting | row) Sep ;

splitEntry     : Split splitPart (',' splitPart)* ;
splitPart      : setting | In Order ;
normalizeEntry : Normalize name (',' name)* (By Its Own)? ;
balanceEntry   : Balance name ;
augmentEntry   : Augment name (',' name)* '=' expression ;
whereEntry     : Where expression ;
dropEntry      : Drop Missing ('[' name (',' name)* ']')? ;
fillEntry      : Fill name (',' name)* '=' expression ;
seriesEntry    : Series (By key=expression)? (','? Each of=expression)? ;
setting        : name '=' expression ;
row            : expression ('->' expression)* ;

// ---- runs (LANGUAGE.md 8) ---------------------------------------------------------------------------------------

run
  : trainRun | evaluateRun | predictRun | saveRun | loadRun | freezeRun | reportRun | printRun | plotRun
  | searchRun | compareRun | ensembleRun ;

trainRun    : Train path (',' path)* On path runBlock ;
evaluateRun : Evaluate path On path runBlock? ;
predictRun  : Predict path On expression (To expression)? ;
saveRun     : Save path To expression ;
loadRun     : Load path From expression (Except path (',' path)*)? ;
freezeRun   : Freeze path (',' path)* ;
reportRun   : Report expression ;
printRun    : Print expression (',' expression)* ;
plotRun     : Plot expression (',' expression)* (To expression)? ;
searchRun   : Search (name By | By) name (',' searchSetting)* '{' topStatement* '}' ;
compareRun  : Compare name? '{' topStatement* '}' ;
ensembleRun : Ensemble name Of path On path runBlock ;

searchSetting : goal=(Minimize | Maximize) path | setting ;

runBlock : '{' runEntry* '}' ;
runEntry
  : (importanceEntry | metricEntry | clipEntry | constrainEntry | stopEntry | keepEntry | checkpointEntry | updateEntry
  | optimizerEntry | setting) Sep ;

importanceEntry : Importance ('=' expression)? ;
metricEntry     : Metric (name direction=(Highest | Lowest)? '=')? expression ;
clipEntry       : Clip by=(Norm | Value) expression ;
constrainEntry  : Constrain path To expression ;
stopEntry       : Stop When path Stalls For expression ;
keepEntry       : Keep which=(Best | Highest | Lowest) path ;
checkpointEntry : Checkpoint expression Every expression ;
updateEntry     : Update path (',' path)* runBlock ;
optimizerEntry  : Optimizer path '=' expression ;

// ---- expressions, from loosest to tightest (LANGUAGE.md 4) ------------------------------------------------------

// An `else` extends to the end of its expression: the pipes after `if c then a else b` belong to b.
// Builder::expression attaches them; a rule here could not decide with one token which chain a pipe
// continues.
expression  : choice pipeTail* ;
pipeTail    : '|>' choice (As name)? ;
choice      : If expression (Then expression Else choice | block (Else choice)?) | disjunction ;
disjunction : conjunction (Or conjunction)* ;
conjunction : negation (And negation)* ;
negation    : Not negation | comparison ;
comparison  : sum (('==' | '!=' | '<' | '<=' | '>' | '>=') sum)* ;
sum         : product (('+' | '-') product)* ;
product     : unary (('*' | '/' | '@' | '%') unary)* ;
unary       : '-' unary | power ;
power       : postfix ('^' unary)? ;
postfix     : primary suffix* ;

suffix
  : '(' (argument (',' argument)*)? ')'   # callSuffix
  | '[' item (',' item)* ']'              # indexSuffix
  | '.' name                                   # fieldSuffix
  | '\''                                       # transposeSuffix
  ;

argument : name '=' expression | name ':' shape | expression ;
item     : expression ('..' expression)? ;

primary
  : Number unit=(Epoch | Epochs | Step | Steps)?   # number
  | Percent                                        # percent
  | String                                         # string
  | value=(True | False)                           # bool
  | name                                           # nameRef
  | '...'                                          # ellipsis
  | '[' (item (',' item)*)? ']'               # list
  | '(' expression ')'                             # paren
  | block                                          # blockValue
  | scan                                           # scanValue
  ;

// `scan`, `in` and `remember` are names too: `scan z in` begins a scan.
scan       : Scan scanSource (',' scanSource)* (',' Remember Every every=expression)? block ;
scanSource : name In expression ;

path : name ('.' name)* ;
name : Name | Quoted | softKeyword ;

// Words with a meaning only where a rule above asks for them; everywhere else they are ordinary
// names.
softKeyword
  : Option | Layer | Init | Optimizer | Metric | Model | Data | Param | State
  | Highest | Lowest | Best | Split | Normalize | Balance | Augment | Where | Drop | Missing | Fill
  | Series | Each | In | Order | Its | Own
  | Train | Evaluate | Predict | Save | Load | Freeze | Report | Plot | Search | Compare | Ensemble
  | On | To | From | Except | By | Of | Minimize | Maximize
  | Fit | Clip | Norm | Value | Constrain | Update | Stop | When | Stalls | For | Keep | Checkpoint | Every | Importance
  | Scan | Remember | Epoch | Epochs | Step | Steps
  ;

// ---- lexical (LANGUAGE.md 2) ------------------------------------------------------------------------------------

// Reserved: never names, except in backquotes. Layout.cpp turns a Then that does not follow an
// operand into a Name.
Let : 'let' ;   Fn : 'fn' ;     Derivative : 'derivative' ;   Print : 'print' ;
If : 'if' ;     Then : 'then' ; Else : 'else' ;
And : 'and' ;   Or : 'or' ;     Not : 'not' ;
As : 'as' ;     True : 'true' ; False : 'false' ;

Option : 'option' ;       Layer : 'layer' ;       Init : 'init' ;         Optimizer : 'optimizer' ;
Metric : 'metric' ;       Model : 'model' ;       Data : 'data' ;         Param : 'param' ;
State : 'state' ;         Highest : 'highest' ;   Lowest : 'lowest' ;     Best : 'best' ;
Split : 'split' ;         Normalize : 'normalize' ; Balance : 'balance' ;
Augment : 'augment' ;     Where : 'where' ;       Drop : 'drop' ;         Missing : 'missing' ;     Fill : 'fill' ;
Series : 'series' ;       Each : 'each' ;         In : 'in' ;             Order : 'order' ;
Its : 'its' ;             Own : 'own' ;
Train : 'train' ;         Evaluate : 'evaluate' ; Predict : 'predict' ;   Save : 'save' ;
Load : 'load' ;           Freeze : 'freeze' ;     Report : 'report' ;     Plot : 'plot' ;
Search : 'search' ;       Compare : 'compare' ;   Ensemble : 'ensemble' ;
On : 'on' ;  To : 'to' ;  From : 'from' ;  Except : 'except' ;  By : 'by' ;  Of : 'of' ;
Minimize : 'minimize' ;   Maximize : 'maximize' ;
Fit : 'fit' ;  Clip : 'clip' ;  Norm : 'norm' ;  Value : 'value' ;  Constrain : 'constrain' ; Update : 'update' ;
Stop : 'stop' ;           When : 'when' ;         Stalls : 'stalls' ;     For : 'for' ;
Keep : 'keep' ;           Checkpoint : 'checkpoint' ; Every : 'every' ;  Importance : 'importance' ;
Scan : 'scan' ;           Remember : 'remember' ;
Epoch : 'epoch' ;  Epochs : 'epochs' ;  Step : 'step' ;  Steps : 'steps' ;

Name   : [\p{L}_] [\p{L}\p{M}\p{Nd}_\u2080-\u2089]* ;
Quoted : '`' ~[`\r\n]+ '`' ;
Number : Digits ('.' Digits)? ([eE] [+\-]? Digits)? ;
fragment Digits : [0-9] [0-9_]* ;
String : '"' (~["\\\r\n] | '\\' ~[\r\n])* '"' ;

// Named here because Layout.cpp uses the names; the parser rules above write them in quotes.
PipeOp : '|>' ;  Arrow : '->' ;  Assign : '<-' ;  Tilde : '~' ;  Equals : '=' ;  Colon : ':' ;  Comma : ',' ;
Plus : '+' ;  Minus : '-' ;  Star : '*' ;  Slash : '/' ;  At : '@' ;  Mod : '%' ;  Caret : '^' ;
Eq : '==' ;  Ne : '!=' ;  Lt : '<' ;  Le : '<=' ;  Gt : '>' ;  Ge : '>=' ;
Ellipsis : '...' ;  DotDot : '..' ;  Dot : '.' ;  Prime : '\'' ;
LParen : '(' ;  RParen : ')' ;  LBracket : '[' ;  RBracket : ']' ;  LBrace : '{' ;  RBrace : '}' ;

Newline : '\n' ;
Semi    : ';' ;
Blank   : [ \t\r\f]+ -> skip ;
Doc     : '##' (~[#\n] ~[\n]*)? ;   // `###…` is an ordinary comment: a ruled line
Comment : '#' ~[\n]* -> skip ;

// Errors that Layout.cpp reports: an unfinished string or quoted name, and any other character.
OpenString : '"' (~["\\\r\n] | '\\' ~[\r\n])* '\\'? ;
OpenQuoted : '`' ~[`\r\n]* ;
Unknown    : . ;
