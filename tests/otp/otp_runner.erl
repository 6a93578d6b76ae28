%% Runs stories on OTP's own supervisor: erl -noshell -s otp_runner main <stories> <traces>.
-module(otp_runner).
-behaviour(supervisor).

-export([main/1, init/1, start/3, start/4, leaf/3]).

%% What a story's process knows: who was started where, and who of them still lives.
-record(book, {table, root, alive = #{}, places = #{}, events = [], condemned = [], since = 0,
               answer = none}).

main([Stories, Traces]) ->
    logger:set_primary_config(level, none),
    {ok, All} = file:consult(atom_to_list(Stories)),
    {ok, Out} = file:open(atom_to_list(Traces), [write, raw, delayed_write]),
    ok = file:write(Out, [erlang:system_info(otp_release), "\n"]),
    {Now, Later} = split(32 * erlang:system_info(schedulers), All),
    _ = [begin_story(S) || S <- Now],
    collect(length(Now), Later, Out),
    ok = file:close(Out),
    halt(0).

split(N, All) when length(All) =< N -> {All, []};
split(N, All) -> lists:split(N, All).

begin_story(Story) ->
    Me = self(),
    spawn_monitor(fun() -> Me ! {trace, tell(Story)} end).

%% A story that breaks is told as such, and fails the comparison.
collect(0, [], _) -> ok;
collect(Running, Later, Out) ->
    receive
        {trace, Lines} ->
            ok = file:write(Out, Lines),
            collect(Running, Later, Out);
        {'DOWN', _, process, _, normal} ->
            next(Running, Later, Out);
        {'DOWN', _, process, _, Reason} ->
            ok = file:write(Out, io_lib:format("broken ~0p~n", [Reason])),
            next(Running, Later, Out)
    after 60000 ->
            io:put_chars(standard_error, "a story does not come to rest\n"),
            halt(1)
    end.

next(Running, [], Out) -> collect(Running - 1, [], Out);
next(Running, [Story | Later], Out) ->
    begin_story(Story),
    collect(Running, Later, Out).

%% -- one story ------------------------------------------------------------------------------------

tell({story, Seed, Root, Steps}) ->
    process_flag(trap_exit, true),
    Table = ets:new(attempts, [public]),
    Book = #book{table = Table},
    _ = start({self(), Table}, "", Root),
    {Lines, Ended} = settle("ok", Book),
    [io_lib:format("story ~b~n", [Seed]), Lines, go_through(Steps, Ended), "done\n"].

go_through(_, #book{root = undefined}) -> [];
go_through([], Book) ->
    _ = do(stop, Book),
    {_, _} = settle("ok", Book),
    [];
go_through([Step | Steps], Book) ->
    {Result, Begun} = do(Step, Book#book{since = erlang:unique_integer([monotonic])}),
    {Lines, Next} = settle(Result, Begun),
    ets:delete(Next#book.table, meanwhile),
    [Lines | go_through(Steps, Next#book{condemned = [], answer = none})].

do(stop, #book{root = Root} = Book) ->
    Watch = monitor(process, Root),
    exit(Root, shutdown),
    receive {'DOWN', Watch, process, _, _} -> ok end,
    {"ok", Book};
do({die, Victims, Command}, #book{table = Table} = Book) ->
    case pid_of(supervisor_for(Command), Book) of
        undefined -> ok;
        Sup -> ets:insert(Table, {meanwhile, Sup, request(Command, Book)})
    end,
    {_, Begun} = do({die, Victims}, Book),
    {meanwhile, Begun};
do({die, Victims}, Book) ->
    Found = [{Path, pid_of(Path, Book), How} || {Path, How} <- Victims],
    Living = [{Path, Pid, How} || {Path, Pid, How} <- Found, Pid =/= undefined],
    ok = die(Living, Book),
    {"ok", Book#book{condemned = [Path || {Path, _, kill} <- Living]}};
do(Command, Book) ->
    case pid_of(supervisor_for(Command), Book) of
        undefined -> {"nobody", Book};
        Sup ->
            {Function, Argument} = request(Command, Book),
            {word(supervisor:Function(Sup, Argument)), Book}
    end.

supervisor_for({start, Path, _}) -> Path;
supervisor_for({_, Path}) -> above(Path).

%% The function of supervisor, and what it is called with besides the supervisor.
request({start, _, {member, Id}}, _) -> {start_child, [Id]};
request({start, Path, Child}, #book{table = Table}) ->
    {start_child, spec({self(), Table}, Path, Child)};
request({terminate, Path}, Book) -> {terminate_child, name(Path, Book)};
request({restart, Path}, Book) -> {restart_child, name(Path, Book)};
request({remove, Path}, Book) -> {delete_child, name(Path, Book)}.

word(ok) -> "ok";
word({ok, _}) -> "ok";
word({error, {already_started, _}}) -> "already_started";
word({error, already_present}) -> "already_present";
word({error, not_found}) -> "not_found";
word({error, running}) -> "running";
word({error, restarting}) -> "restarting";
word({error, as_told}) -> "error";
word({error, {as_told, _}}) -> "error";
word({error, {shutdown, {failed_to_start_child, _, _}}}) -> "error";
word({error, {{shutdown, {failed_to_start_child, _, _}}, _}}) -> "error".

%% One dies as it is. Several have died before their supervisor looks.
die([], _) -> ok;
die([{_, Pid, How}], _) -> end_by(Pid, How);
die([{Path, _, _} | _] = All, Book) ->
    Sup = pid_of(above(Path), Book),
    ok = sys:suspend(Sup),
    _ = lists:foldl(fun({_, Pid, How}, Count) ->
                            end_by(Pid, How),
                            wait_for_mail(Sup, Count),
                            Count + 1
                    end, 1, All),
    sys:resume(Sup).

end_by(Pid, How) ->
    Watch = monitor(process, Pid),
    case How of
        kill -> exit(Pid, kill);
        _ -> Pid ! {die, reason(How)}
    end,
    receive {'DOWN', Watch, process, _, _} -> ok end.

reason(shutdown_because) -> {shutdown, because};
reason(How) -> How.

wait_for_mail(Sup, Count) ->
    case process_info(Sup, message_queue_len) of
        {_, N} when N >= Count -> ok;
        _ -> erlang:yield(), wait_for_mail(Sup, Count)
    end.

above(Path) -> lists:sublist(Path, string:rstr(Path, "/") - 1).
last(Path) -> lists:nthtail(string:rstr(Path, "/"), Path).
pid_of(Path, #book{places = Places}) -> maps:get(Path, Places, undefined).

%% Members of a pool are known by their processes only.
name(Path, #book{table = Table} = Book) ->
    case ets:member(Table, {pool, above(Path)}) of
        true -> case pid_of(Path, Book) of undefined -> self(); Pid -> Pid end;
        false -> last(Path)
    end.

%% -- until nothing moves --------------------------------------------------------------------------

%% Twice the same, and everybody who lives is somebody's child.
settle(Result, Book) -> settle(Result, hear(Book), none).

settle(Result, Book, Before) ->
    Seen = walk(Book),
    Now = hear(Book),
    Shown = {Seen, length(Now#book.events), maps:size(Now#book.alive)},
    Living = lists:sort(maps:keys(Now#book.alive)),
    case {result(Result, Now), Seen} of
        {unanswered, _} -> erlang:yield(), settle(Result, Now, Shown);
        {Word, {calm, Living, _}} when Shown =:= Before ->
            {lines(Word, Seen, Now), Now#book{events = []}};
        _ -> erlang:yield(), settle(Result, Now, Shown)
    end.

%% A command that nobody was asked is still in the table.
result(meanwhile, #book{answer = none, table = Table}) ->
    case ets:member(Table, asked) of
        true -> unanswered;
        false -> "not_asked"
    end;
result(meanwhile, #book{answer = Word, table = Table}) ->
    ets:delete(Table, asked),
    "meanwhile " ++ Word;
result(Result, _) -> Result.

walk(#book{root = undefined}) -> {calm, [], []};
walk(#book{root = Root} = Book) ->
    try
        {Pids, States} = look(Root, "", Book),
        {calm, lists:sort([Root | Pids]), lists:sort(States)}
    catch
        throw:busy -> busy;
        exit:_ -> busy
    end.

look(Sup, Path, Book) ->
    Children = supervisor:which_children(Sup),
    Counts = [proplists:get_value(X, supervisor:count_children(Sup))
              || X <- [specs, active, supervisors, workers]],
    Count = io_lib:format("count ~s ~b ~b ~b ~b", [shown(Path) | Counts]),
    lists:foldl(fun(Child, {Pids, States}) ->
                        {MorePids, MoreStates} = look_at(Child, Path, Book),
                        {MorePids ++ Pids, MoreStates ++ States}
                end, {[], [lists:flatten(Count)]}, Children).

look_at({_, restarting, _, _}, _, _) -> throw(busy);
look_at({Id, undefined, _, _}, Path, _) -> {[], ["is " ++ Path ++ "/" ++ Id ++ " down"]};
look_at({_, Pid, Type, _}, _, #book{alive = Alive} = Book) ->
    case maps:find(Pid, Alive) of
        error -> throw(busy);
        {ok, {Path, _}} when Type =:= supervisor ->
            {Pids, States} = look(Pid, Path, Book),
            {[Pid | Pids], ["is " ++ Path ++ " up" | States]};
        {ok, {Path, _}} -> {[Pid], ["is " ++ Path ++ " up"]}
    end.

hear(Book) ->
    receive
        {started, Number, Path, Pid} ->
            Root = case Path of "" -> Pid; _ -> Book#book.root end,
            hear(Book#book{root = Root,
                           alive = (Book#book.alive)#{Pid => {Path, Number}},
                           places = (Book#book.places)#{Path => Pid},
                           events = [{Number, ["start ", shown(Path)]} | Book#book.events]});
        {told, Number, What, Path} ->
            hear(Book#book{events = [{Number, [What, shown(Path)]} | Book#book.events]});
        {meanwhile, Word} ->
            hear(Book#book{answer = Word});
        {trace_ts, Pid, exit, Reason, {_, Number}} ->
            hear(ended(Pid, Reason, Number, Book));
        {trace_ts, _, _, _, _} -> hear(Book);
        {trace_ts, _, _, _, _, _} -> hear(Book);
        {'EXIT', _, _} -> hear(Book)
    after 0 -> Book
    end.

ended(Pid, Reason, Number, #book{alive = Alive, places = Places, events = Events} = Book) ->
    #{Pid := {Path, Since}} = Alive,
    Root = case Book#book.root of Pid -> undefined; Other -> Other end,
    Gone = Since < Book#book.since
        andalso lists:any(fun(Top) -> lists:prefix(Top ++ "/", Path) end, Book#book.condemned),
    Line = case Gone of
               true -> ["gone ", Path];
               false -> ["end ", shown(Path), " ", end_word(Reason)]
           end,
    Left = case Places of #{Path := Pid} -> maps:remove(Path, Places); _ -> Places end,
    Book#book{root = Root, alive = maps:remove(Pid, Alive), places = Left,
              events = [{Number, Line} | Events]}.

end_word({shutdown, _}) -> "shutdown";
end_word(Reason) -> atom_to_list(Reason).

lines(Result, {calm, _, States}, #book{events = Events}) ->
    [[["event ", Line, "\n"] || {_, Line} <- lists:sort(Events)],
     [["state ", Line, "\n"] || Line <- States],
     "step ", Result, "\n"].

shown("") -> "/";
shown(Path) -> Path.

%% -- children ---------------------------------------------------------------------------------------

init({To, Path, {sup, _, _, _, Strategy, Intensity, Ends, Below}}) ->
    {_, Table} = To,
    case Strategy of
        simple_one_for_one -> ets:insert(Table, {{pool, Path}});
        _ -> ok
    end,
    {ok, {#{strategy => Strategy, intensity => Intensity, period => 3600, auto_shutdown => Ends},
          [spec(To, Path, Child) || Child <- Below]}}.

spec(To, Path, {sup, Id, Restart, Significant, _, _, _, _} = Child) ->
    #{id => Id, start => {?MODULE, start, [To, Path ++ "/" ++ Id, Child]}, restart => Restart,
      significant => Significant, shutdown => infinity, type => supervisor};
spec(To, Path, {template, {leaf, Id, Restart, _, Patience, _, _} = Child}) ->
    #{id => Id, start => {?MODULE, start, [To, Path, Child]}, restart => Restart,
      shutdown => Patience};
spec(To, Path, {leaf, Id, Restart, Significant, Patience, _, _} = Child) ->
    #{id => Id, start => {?MODULE, start, [To, Path ++ "/" ++ Id, Child]}, restart => Restart,
      significant => Significant, shutdown => Patience}.

%% Of a pool.
start(To, Path, Child, Id) -> start(To, Path ++ "/" ++ Id, Child).

start({Story, _} = To, Path, {sup, _, _, _, _, _, _, _} = Child) ->
    case supervisor:start_link(?MODULE, {To, Path, Child}) of
        {ok, Pid} -> watch(Story, Path, Pid);
        {error, _} = No -> failed(To, Path), No
    end;
start({Story, Table} = To, Path, {leaf, _, _, _, _, Stop, Starts}) ->
    Attempt = ets:update_counter(Table, Path, 1, {Path, 0}),
    case Attempt > length(Starts) orelse lists:nth(Attempt, Starts) of
        error -> failed(To, Path), {error, as_told};
        ignore -> tell(Story, "ignore ", Path), ignore;
        _ ->
            Pid = spawn_link(?MODULE, leaf, [self(), Stop, Path]),
            receive {Pid, ready} -> watch(Story, Path, Pid) end
    end.

%% This is the process of the supervisor. What it has got when it returns it reads before what it sends to
%% itself afterwards, which is to try again.
failed({Story, Table}, Path) ->
    tell(Story, "error ", Path),
    case ets:lookup(Table, meanwhile) of
        [{meanwhile, Sup, Request}] when Sup =:= self() ->
            ets:insert(Table, {asked}),
            ets:delete(Table, meanwhile),
            Asker = spawn(fun() -> ask(Story, Sup, Request) end),
            receive {Asker, asked} -> ok end;
        _ -> ok
    end.

%% As the functions of supervisor do it, but that the supervisor is told when the request is there.
ask(Story, Sup, Request) ->
    Id = gen_server:send_request(Sup, Request),
    Sup ! {self(), asked},
    Story ! {meanwhile, case gen_server:receive_response(Id, infinity) of
                            {reply, Answer} -> word(Answer);
                            {error, _} -> "nobody"
                        end}.

tell(Story, What, Path) ->
    Story ! {told, erlang:unique_integer([monotonic]), What, Path}.

%% Its end is timed by the machine itself, in the same count as everything else.
watch(Story, Path, Pid) ->
    Story ! {started, erlang:unique_integer([monotonic]), Path, Pid},
    1 = erlang:trace(Pid, true, [procs, strict_monotonic_timestamp, {tracer, Story}]),
    {ok, Pid}.

leaf(Parent, Stop, _) ->
    process_flag(trap_exit, true),
    Parent ! {self(), ready},
    live(Parent, Stop).

live(Parent, Stop) ->
    receive
        {die, Reason} -> exit(Reason);
        {'EXIT', Parent, shutdown} when Stop =:= obeys -> exit(shutdown);
        {'EXIT', Parent, shutdown} when Stop =:= fails -> exit(other);
        {'EXIT', Parent, shutdown} -> live(Parent, Stop);
        {'EXIT', Parent, _} -> exit(orphan)
    end.
