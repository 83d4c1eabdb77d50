# Types into a zsh of its own, presses the tab key, and looks at the line. SCRIPT: the completions.
zmodload zsh/zpty
zpty shell zsh -f -i
# await PATTERN: reads until the screen shows it.
await() {
  local piece screen='' limit=$((SECONDS + 60))
  until [[ $screen == ${~1} ]]; do
    if zpty -r -t shell piece; then
      screen+=$piece
    elif (( SECONDS > limit )); then
      print -r -- "$1 never came; there was: $screen"
      exit 1
    else
      sleep 0.05
    fi
  done
}
# completed LINE WANTED: the line that the tab key makes of LINE.
completed() {
  zpty -n -w shell "$1"$'\t\C-x'
  await "*<${(b)2}>*"
}
# ^X shows the line and empties it. The words are in parts, so that their echo is not the answer.
zpty -w shell "PS1=; unset zle_bracketed_paste; autoload -U compinit; compinit -D -u; source $1"
zpty -w shell 'look() { local line="<${BUFFER% }>"; BUFFER=; zle -I; print -r -- $line }'
zpty -w shell "zle -N look; bindkey '^X' look; setopt no_beep; print rea''dy"
await '*ready*'

completed 'flame-ec2 configu' 'flame-ec2 configure'
completed 'flame-ec2 boot --instance-t' 'flame-ec2 boot --instance-type='
completed 'flame-ec2 boot --wait-for=ru' 'flame-ec2 boot --wait-for=running'
completed 'flame-ec2 boot --wait-for ru' 'flame-ec2 boot --wait-for running'
completed 'flame-ec2 boot -o j' 'flame-ec2 boot -o json'
completed 'flame-ec2 boot --region eu-south-2' 'flame-ec2 boot --region eu-south-2'
completed 'flame-ec2 boot --region eu-nor' 'flame-ec2 boot --region eu-north-1'
completed 'flame-ec2 boot --profile d' 'flame-ec2 boot --profile dev'
completed 'flame-ec2 boot --pool nightl' 'flame-ec2 boot --pool nightly'
completed 'flame-ec2 boot --pool a' 'flame-ec2 boot --pool a\ b'
completed 'flame-ec2 boot --config other.toml --pool ' 'flame-ec2 boot --config other.toml --pool elsewhere'
completed 'flame-ec2 boot --config=other.toml --pool=e' 'flame-ec2 boot --config=other.toml --pool=elsewhere'
completed 'flame-ec2 boot --pool \$' 'flame-ec2 boot --pool \$\(touch\ was-run\)'
completed 'flame-ec2 completion z' 'flame-ec2 completion zsh'
completed 'flame-ec2 ls --run-id-f' 'flame-ec2 ls --run-id-file='
completed 'flame-ec2 boot --market spot,on' 'flame-ec2 boot --market spot,on-demand,' # which goes when a blank follows
completed 'flame-ec2 boot --market=spot,on' 'flame-ec2 boot --market=spot,on-demand,'
completed 'flame-ec2 boot --dry-run=' 'flame-ec2 boot --dry-run=ec2'
completed 'flame-ec2 boot --bundle flame.v' 'flame-ec2 boot --bundle flame.vars'
completed 'flame-ec2 run -- cat flame.v' 'flame-ec2 run -- cat flame.vars'
completed 'flame-ec2 run -- list --prof' 'flame-ec2 run -- list --prof'
